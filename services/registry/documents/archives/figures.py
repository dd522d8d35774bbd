"""Figures of the four documents, each counted from rows that can be opened."""

from shared.figures import Figure

FIGURES = {
    "certificates": Figure(
        "户有证：某日有效的登记证数",
        "certificates that stood at the end of a day, of households with a status",
        "certificates",
        """SELECT id::text AS id, serial AS label, 1 AS adds FROM certificate
           WHERE content ->> 'status' = :status AND issued_on <= :on
             AND (superseded_at IS NULL OR (superseded_at AT TIME ZONE 'Asia/Shanghai')::date > :on)""",
        {"status": "text", "on": "date"},
    ),
    "archived-documents": Figure(
        "归档文件数",
        "documents of a kind and form in the complete archives of a day",
        "documents",
        """SELECT e.archive_id::text || ' ' || e.path AS id, e.path AS label, 1 AS adds
           FROM archive a JOIN archive_entry e ON e.archive_id = a.id
           WHERE a.root IS NOT NULL AND a.as_of = :on AND e.kind = :kind AND right(e.path, length(:form)) = :form""",
        {"on": "date", "kind": "text", "form": "text"},
    ),
    "archived-households": Figure(
        "归档登记册中的户数",
        "households in the documents of a kind and form in the complete archives of a day",
        "households",
        """SELECT e.archive_id::text || ' ' || e.path AS id, e.path AS label, e.rows AS adds
           FROM archive a JOIN archive_entry e ON e.archive_id = a.id
           WHERE a.root IS NOT NULL AND a.as_of = :on AND e.kind = :kind AND right(e.path, length(:form)) = :form""",
        {"on": "date", "kind": "text", "form": "text"},
    ),
}
