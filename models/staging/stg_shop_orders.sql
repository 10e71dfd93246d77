-- One row per export of an order: an order exported twice stands here twice, under one order_id.

select
    order_id,
    shopper_id,
    ordered_at,
    status,
    amount,
    cart_id
from {{ ref('shop_orders') }}
