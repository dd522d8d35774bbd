-- What approved projects wait for 项目资金: opened because the projects service said so, paid here.
CREATE TABLE project_request (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    approved_by text NOT NULL,
    approved_on date NOT NULL,
    paid_by     text,
    paid_on     date
);
CREATE INDEX project_request_by_division ON project_request (division, id);
CREATE INDEX project_request_waiting ON project_request (division, id) WHERE paid_on IS NULL;
SELECT pg_temp.within_division('project_request');
