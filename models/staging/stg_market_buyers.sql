-- One row per buyer.

select
    buyer_id,
    joined_at
from {{ ref('market_buyers') }}
