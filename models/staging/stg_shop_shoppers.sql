-- One row per shopper with a card, and how warm it is where they live: the last reading of their city.

with shoppers as (

    select * from {{ ref('shop_shoppers') }}

),

weather as (

    select
        city,
        temperature,
        row_number() over (partition by city order by day desc) as days_back
    from {{ ref('shop_weather') }}

)

select
    shoppers.shopper_id,
    shoppers.city,
    shoppers.age,
    shoppers.joined_at,
    shoppers.consent,
    weather.temperature
from shoppers
left join weather
    on
        shoppers.city = weather.city
        and weather.days_back = 1
