-- One row per user: who they are, and what their account is and does.

with users as (

    select * from {{ ref('saas_users') }}

),

accounts as (

    select * from {{ ref('saas_accounts') }}

)

select
    users.user_id,
    users.account_id,
    users.role,
    users.country,
    users.signed_up_at,
    accounts.plan,
    accounts.industry,
    accounts.company_size,
    accounts.trial_started_at,
    accounts.trial_ends_at,
    accounts.went_live_at
from users
left join accounts
    on users.account_id = accounts.account_id
