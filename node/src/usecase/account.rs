//! Accounts of the people who use the console: kept as local frames of the journal, so that they are in backups and on no wire.
//!
//! What is admitted stands in [`account`]; here are the password hashes (Argon2id, 19 MiB, two passes), one change at a time. Whoever sits at
//! the machine and can read the API key may set a password anew; that stands in the account's history as done at the machine.

use std::collections::BTreeSet;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use dutynet_relay::{random, record::Person};
use tokio::sync::Semaphore;

use super::{Office, Refused, shown};
use crate::{
    domain::account::{self, Account, AccountFault, Happened, Post, What},
    text::refusal::Refusal,
};

/// Namespace of the local frames.
const NAMESPACE: &str = "account";
/// A hash of no password at all: whoever tries an account that there is not waits as long as for one that there is.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS0$jHnAWvvyHJrDEUqsd8BAtIW9ZJCBmZVHKZ0bYmXAzUA";
/// Hashes at once in this process, each with its 19 MiB; others wait, whoever asks.
const HASHES_MAX: usize = 2;
static HASHES: Semaphore = Semaphore::const_new(HASHES_MAX);
/// Random bytes of a salt.
const SALT_BYTES: usize = 16;

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What is typed to log in.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// At least one.
    pub posts: BTreeSet<Post>,
    /// Its first password.
    pub password: String,
    /// Its person chose the password; one that another person knows must be changed at the first log-in.
    pub own: bool,
}

/// Who changes an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy<'a> {
    /// Somebody at the machine itself, who can read the API key.
    Machine,
    /// An account.
    Account(&'a str),
}

/// A change of an account that somebody else makes.
#[derive(Debug, Clone)]
pub enum AccountChange {
    /// A new password, which its person must change at the next log-in.
    Password(String),
    /// Other posts.
    Posts(BTreeSet<Post>),
    /// The person has left.
    End,
}

impl Office {
    /// Every account that there is or was, by id.
    pub fn accounts(&self) -> Result<Vec<Account>, Refused> {
        let kept = self.relay().store().locals(NAMESPACE)?;
        let read = |(_, bytes): (String, bytes::Bytes)| serde_json::from_slice(&bytes);
        kept.into_iter().map(read).collect::<Result<_, _>>().map_err(|error| Refused::because(Refusal::Internal, error))
    }

    /// One of them.
    pub fn account(&self, id: &str) -> Result<Account, Refused> {
        let found = self.accounts()?.into_iter().find(|account| account.id == id);
        found.ok_or_else(|| Refused::about(Refusal::AccountUnknown, shown(id)))
    }

    /// Refuses a person who is no leader of this office.
    pub(in crate::usecase) fn must_approve(&self, by: &Person) -> Result<(), Refused> {
        let may = account::may_approve(&self.accounts()?, &by.id, &by.name);
        if may { Ok(()) } else { Err(Refusal::RightMissing.into()) }
    }

    /// Makes the first account, which looks after everything; refused when there is one.
    pub async fn make_first_account(&self, new: NewAccount) -> Result<Account, Refused> {
        let _one_at_a_time = self.lock_on(&NAMESPACE).await;
        if !self.accounts()?.is_empty() {
            return Err(Refusal::AccountsExist.into());
        }
        self.make_account(new, "").await
    }

    /// Makes an account.
    pub async fn add_account(&self, by: ChangedBy<'_>, new: NewAccount) -> Result<Account, Refused> {
        let _one_at_a_time = self.lock_on(&NAMESPACE).await;
        self.make_account(new, by.id()).await
    }

    async fn make_account(&self, new: NewAccount, by: &str) -> Result<Account, Refused> {
        let name = new.name.trim().to_owned();
        account::admit(&self.accounts()?, &new.id, &name, &new.posts).map_err(|fault| refused(fault, &new.id))?;
        let secret = hashed(&new.id, new.password).await?;
        let happened = self.happened(by, What::Made, String::new());
        let made =
            Account { id: new.id, name, posts: new.posts, secret, must_change: !new.own, ended: None, history: Vec::new() };
        self.keep_account(made.having(happened)).await
    }

    /// Its person changes the password.
    pub async fn change_password(&self, id: &str, old: String, new: String) -> Result<Account, Refused> {
        let _one_at_a_time = self.lock_on(&NAMESPACE).await;
        let account = self.proven(id, old).await?;
        let secret = hashed(id, new).await?;
        let happened = self.happened(id, What::PasswordChanged, String::new());
        self.keep_account(Account { secret, must_change: false, ..account }.having(happened)).await
    }

    /// Somebody else changes an account.
    pub async fn change_account(
        &self,
        by: ChangedBy<'_>,
        id: &str,
        change: AccountChange,
        reason: &str,
    ) -> Result<Account, Refused> {
        let _one_at_a_time = self.lock_on(&NAMESPACE).await;
        let (all, account) = (self.accounts()?, self.account(id)?);
        let admitted = match &change {
            AccountChange::Password(_) if account.ended.is_some() => Err(AccountFault::Ended),
            AccountChange::Password(_) => Ok(()),
            AccountChange::Posts(posts) => account::admit_change(&all, id, Some(posts)),
            AccountChange::End => account::admit_change(&all, id, None),
        };
        admitted.map_err(|fault| refused(fault, id))?;
        let (changed, what) = match change {
            AccountChange::Password(new) => {
                (Account { secret: hashed(id, new).await?, must_change: true, ..account }, What::PasswordSet)
            }
            AccountChange::Posts(posts) => (Account { posts, ..account }, What::PostsChanged),
            AccountChange::End => (Account { ended: Some(self.now()), ..account }, What::Ended),
        };
        let happened = self.happened(by.id(), what, reason.trim().chars().take(200).collect());
        self.keep_account(changed.having(happened)).await
    }

    /// The account whose password this is. Takes as long for one that there is not.
    pub async fn log_in(&self, id: &str, password: String) -> Result<Account, Refused> {
        self.proven(id, password).await
    }

    async fn proven(&self, id: &str, password: String) -> Result<Account, Refused> {
        let found = self.accounts()?.into_iter().find(|account| account.id == id && account.ended.is_none());
        let secret = found.as_ref().map_or_else(|| NOBODY.to_owned(), |account| account.secret.clone());
        let checked = move || Argon2::default().verify_password(password.as_bytes(), secret.as_str()).is_ok();
        let right = one_of_few(checked).await?;
        found.filter(|_| right).ok_or_else(|| Refusal::LogInWrong.into())
    }

    fn happened(&self, by: &str, what: What, reason: String) -> Happened {
        Happened { at: self.now(), by: by.to_owned(), what, reason }
    }

    async fn keep_account(&self, account: Account) -> Result<Account, Refused> {
        let bytes = serde_json::to_vec(&account).map_err(|error| Refused::because(Refusal::Internal, error))?;
        self.keep_for_itself(NAMESPACE, &account.id, bytes.into()).await?;
        Ok(account)
    }
}

impl Account {
    /// As records name its person.
    pub fn person(&self) -> Person {
        Person { id: self.id.clone(), name: self.name.clone() }
    }
}

impl ChangedBy<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Machine => "",
            Self::Account(id) => id,
        }
    }
}

async fn hashed(id: &str, password: String) -> Result<String, Refused> {
    account::admit_password(id, &password).map_err(|fault| refused(fault, id))?;
    let salt = random::bytes::<SALT_BYTES>().map_err(|error| Refused::because(Refusal::Internal, error))?;
    let made = move || Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string());
    one_of_few(made).await?.map_err(|error| Refused::because(Refusal::Internal, error.to_string()))
}

/// Hashes off the workers, and few at a time: a hundred who try passwords at once cost no more memory than two.
async fn one_of_few<T: Send + 'static>(hashes: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let place = HASHES.acquire().await.map_err(|error| Refused::because(Refusal::Internal, error))?;
    let made = tokio::task::spawn_blocking(move || {
        // Held until it is done, also when nobody waits for it any more.
        let _place = place;
        hashes()
    });
    made.await.map_err(|error| Refused::because(Refusal::Internal, error))
}

fn refused(fault: AccountFault, id: &str) -> Refused {
    let refusal = match fault {
        AccountFault::Id => Refusal::AccountId,
        AccountFault::Name => Refusal::AccountName,
        AccountFault::Posts => Refusal::AccountPosts,
        AccountFault::Password => Refusal::AccountPassword,
        AccountFault::Taken => Refusal::AccountTaken,
        AccountFault::Ended => Refusal::AccountEnded,
        AccountFault::LastOperator => Refusal::AccountLastOperator,
    };
    Refused::about(refusal, shown(id))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;
    use crate::usecase::tests::House;

    #[tokio::test(flavor = "multi_thread")]
    async fn however_many_try_few_hash_at_once() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        let hash = || {
            let many = NOW.fetch_add(1, Ordering::SeqCst) + 1;
            std::thread::sleep(Duration::from_millis(20));
            NOW.fetch_sub(1, Ordering::SeqCst);
            many
        };
        let all: Vec<_> = (0..16).map(|_| tokio::spawn(one_of_few(hash))).collect();
        for one in all {
            assert!(one.await.unwrap().unwrap() <= HASHES_MAX);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn words_about_a_person_bear_no_mark_either() {
        let house = House::new();
        let new = |id: &str, name: &str| NewAccount {
            id: id.into(),
            name: name.into(),
            posts: [Post::Officer, Post::Manager].into(),
            password: "shuideng-2026".into(),
            own: true,
        };
        let made = house.office.add_account(ChangedBy::Machine, new("zhangsan", "机密★10年")).await;
        assert_eq!(made.unwrap_err().refusal, Refusal::SecrecyMark);
        house.office.add_account(ChangedBy::Machine, new("zhangsan", "张三")).await.unwrap();
        house.office.add_account(ChangedBy::Machine, new("lisi", "李四")).await.unwrap();
        let end = |why| house.office.change_account(ChangedBy::Machine, "lisi", AccountChange::End, why);
        assert_eq!(end("调往某处，秘密★").await.unwrap_err().refusal, Refusal::SecrecyMark);
        assert_eq!(house.office.account("lisi").unwrap().ended, None);
        end("调离").await.unwrap();
    }
}
