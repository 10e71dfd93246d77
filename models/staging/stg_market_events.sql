-- One row per delivery of an event. What passes between a seller and a buyer names both and belongs to both.
-- An old app writes buyers' keys in capitals; as they are UUIDs, segpy reads them alike.

select
    event_id,
    event_name,
    event_time,
    seller_id,
    buyer_id,
    item_id,
    amount,
    stars
from {{ ref('market_events') }}
