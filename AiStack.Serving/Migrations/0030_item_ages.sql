-- When an item was said: what is old is erased by that. Of those from before only the conversation's age is known.
alter table serving.conversation_item add column created_at timestamptz;
update serving.conversation_item item
set created_at = conversation.created_at
from serving.conversation conversation
where conversation.id = item.conversation_id;
alter table serving.conversation_item
    alter column created_at set default now(),
    alter column created_at set not null;
