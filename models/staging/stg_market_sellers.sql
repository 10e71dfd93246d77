-- One row per seller.

select
    seller_id,
    country,
    joined_at
from {{ ref('market_sellers') }}
