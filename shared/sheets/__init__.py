"""Tables as files: how one arrives, is checked, opened, kept and read by a job, and how one is made.

``receive`` takes a file as it arrives: text is decoded line by line, a workbook is looked at by ``container`` before
anything opens it and becomes lines of CSV in a process with limits of its own (``extract``, ``convert``, ``scan``).
Either way the lines lie encrypted in pieces (``chunks``), and a job reads them window by window (``read``). What is
wrong in a file is kept by line and column (``queries``). ``write`` makes workbooks and CSV whose rows are streamed.
"""
