-- One row per product of an order and export of that order, with what the product is.

with items as (

    select * from {{ ref('shop_order_items') }}

),

orders as (

    select * from {{ ref('shop_orders') }}

),

products as (

    select * from {{ ref('shop_products') }}

)

select
    items.order_id || '-' || cast(items.line as varchar) as order_item_id,
    orders.shopper_id,
    orders.ordered_at,
    orders.status,
    items.product_id,
    products.category,
    products.theme,
    items.quantity
from items
inner join orders
    on items.order_id = orders.order_id
left join products
    on items.product_id = products.product_id
