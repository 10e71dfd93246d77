-- One row per delivery of an event: what the collector delivers twice stands here twice, under one event_id.
-- The collector has a single column for details; here each kind of event gets the property that it means.

with events as (

    select * from {{ ref('saas_events') }}

)

select
    event_id,
    user_id,
    event_name,
    event_time,
    case when event_name = 'page_viewed' then detail end as path,
    case when event_name = 'feature_used' then detail end as feature,
    case when event_name = 'integration_connected' then detail end as tool,
    case when event_name = 'project_created' then detail end as project_id,
    case when event_name = 'whitepaper_downloaded' then detail end as topic
from events
