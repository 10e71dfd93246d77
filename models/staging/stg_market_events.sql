-- One row per delivery of an event. What passes between a seller and a buyer names both and belongs to both.
-- An old app writes buyers' keys in capitals; as they are UUIDs, segpy reads them alike.

with events as (

    select * from {{ ref('market_events') }}

),

items as (

    select * from {{ ref('market_items') }}

)

select
    events.event_id,
    events.event_name,
    events.event_time,
    events.seller_id,
    events.buyer_id,
    events.item_id,
    items.category,
    events.amount,
    events.stars
from events
left join items
    on events.item_id = items.item_id
