-- For whom it was asked, so that what goes on later is asked for the same; null: nobody in particular.
alter table serving.background_response add column principals text[];
alter table serving.batch add column principals text[];

-- And so that what was said for some is read back and gone on with only by those who are at least the same.
alter table serving.completion add column principals text[];
alter table serving.conversation_item add column principals text[];
