-- One row per delivery of an event in the web shop, with the category and the look of the product it is about.

with events as (

    select * from {{ ref('shop_events') }}

),

products as (

    select * from {{ ref('shop_products') }}

)

select
    events.event_id,
    events.shopper_id,
    events.event_name,
    events.event_time,
    events.product_id,
    products.category,
    products.look,
    case when events.event_name = 'searched' then events.detail end as query,
    case when events.event_name <> 'searched' then events.detail end as cart_id
from events
left join products
    on events.product_id = products.product_id
