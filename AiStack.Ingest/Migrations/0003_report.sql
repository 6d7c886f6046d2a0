-- What reading the file found besides its text. Revisions from before there were reports have an empty one.
alter table ingest.revision add column report jsonb not null default
    '{"parser": "unknown", "pages": null, "pages_without_text": [], "tables": 0, "pictures": 0, "encoding": null,
      "encoding_confidence": null, "attributes": {}, "findings": []}';
