//! temp
use nape_core::history::*;
use std::path::*;
use std::sync::Mutex;
#[derive(Clone,Debug,PartialEq,Eq,PartialOrd,Ord)] pub struct EventId(String);
impl std::str::FromStr for EventId { type Err=(); fn from_str(s:&str)->Result<Self,()> {Ok(Self(s.into()))} }
impl std::fmt::Display for EventId { fn fmt(&self,f:&mut std::fmt::Formatter<'_>)->std::fmt::Result{f.write_str(&self.0)} }
#[derive(Debug,Clone)] pub struct Once(String);
impl Once { pub fn new(s:&str)->Option<Self>{Some(Self(s.into()))} }
#[derive(Debug,Clone)] pub enum Entry { Event(Event), Setting{name:String,value:Option<String>}, Withdrawn(EventId) }
#[derive(Debug,Clone)] pub struct Saved { pub id: EventId, pub when: Moment, pub entry: Entry }
pub struct Unreadable {pub id: EventId, pub why: String}
pub struct Loaded { pub saved: Vec<Saved>, pub unreadable: Vec<Unreadable> }
pub enum Appended { New(EventId), Already(EventId) }
#[derive(Debug)] pub struct Error; impl Error { pub fn is_full(&self)->bool{false} }
impl std::fmt::Display for Error { fn fmt(&self,f:&mut std::fmt::Formatter<'_>)->std::fmt::Result{f.write_str("e")} } impl std::error::Error for Error{}
#[derive(Debug)] pub struct Store(PathBuf, Mutex<(u32, std::collections::BTreeMap<String,String>, std::collections::BTreeMap<String,EventId>, Vec<Saved>)>);
impl Store {
 pub fn open(p:&Path)->Result<Self,Error>{Ok(Self(p.into(),Mutex::default()))}
 pub fn is_read_only(&self)->bool{false}
 pub fn folder(&self)->&Path{&self.0}
 pub fn load(&self)->Result<Loaded,Error>{Ok(Loaded{saved:self.1.lock().unwrap().3.clone(),unreadable:vec![]})}
 pub fn append(&self,w:Moment,o:Option<&Once>,e:&[Entry])->Result<Vec<Appended>,Error>{ let mut n=self.1.lock().unwrap(); if let Some(o)=o { if let Some(id)=n.2.get(&o.0) { let id=id.clone(); return Ok(e.iter().map(|_|Appended::Already(id.clone())).collect()); } let id=EventId((n.0+1).to_string()); n.2.insert(o.0.clone(), id); } Ok(e.iter().map(|e|{n.0+=1;let id=EventId(n.0.to_string());n.3.push(Saved{id:id.clone(),when:w,entry:e.clone()});Appended::New(id)}).collect())}
 pub fn draft(&self,k:&str)->Result<Option<String>,Error>{Ok(self.1.lock().unwrap().1.get(k).cloned())}
 pub fn set_draft(&self,k:&str,v:Option<&str>)->Result<(),Error>{let mut n=self.1.lock().unwrap(); match v {Some(v)=>{n.1.insert(k.into(),v.into());}None=>{n.1.remove(k);}} Ok(())}
}
