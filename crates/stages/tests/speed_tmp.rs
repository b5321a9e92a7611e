//! tmp
use std::sync::Arc;
use std::time::Instant;
use arrow_array::*;
use retrohunt_spl::plan::*;
use retrohunt_stages::*;
use retrohunt_stages::predicate::*;
fn agg(func: AggregateFunc, f: Option<&str>) -> Aggregate { let field=f.map(|f| FieldPattern{glob:Glob::new(f)}); Aggregate{func,default_name:format!("{}{:?}",func.name(),f),field,alias:None} }
fn st(a: Vec<Aggregate>, by:&[&str]) -> Command { Command::Stats(StatsCommand{aggregates:a,by:by.iter().map(|s|(*s).to_owned()).collect(),dedup_splitvals:false,allnum:false,delim:" ".into()}) }
#[test]
fn speed() {
    let n = 1_000_000usize;
    let host: StringArray = (0..n).map(|i| Some(format!("host-{}", (i*7919)%1000))).collect();
    let proc_: StringArray = (0..n).map(|i| Some(format!("C:\\Windows\\System32\\proc{}.exe /c run -x {}", (i*31)%5000, i%17))).collect();
    let pid: Int64Array = (0..n).map(|i| Some((i*13%40000) as i64)).collect();
    let fl: Float64Array = (0..n).map(|i| Some(i as f64*0.37)).collect();
    let keys: Vec<RowKey> = (0..n).map(|i| RowKey{time:Some(i as i64*1000),file:0,row:i as u64}).collect();
    let mk = || Batch::new(vec![("host".into(), Arc::new(host.clone()) as ArrayRef),("process".into(),Arc::new(proc_.clone())),("pid".into(),Arc::new(pid.clone())),("f".into(),Arc::new(fl.clone()))], keys.clone()).unwrap();
    use AggregateFunc::*;
    for (name,c) in [
        ("count by host", st(vec![agg(Count,None)],&["host"])),
        ("count by host pid", st(vec![agg(Count,None)],&["host","pid"])),
        ("values(process) by host", st(vec![agg(Values,Some("process"))],&["host"])),
        ("dc(pid) by host", st(vec![agg(Dc,Some("pid"))],&["host"])),
        ("sum(pid) by host", st(vec![agg(Sum,Some("pid"))],&["host"])),
        ("sum(f) by host", st(vec![agg(Sum,Some("f"))],&["host"])),
        ("min(process) by host", st(vec![agg(Min,Some("process"))],&["host"])),
        ("first(process) by host", st(vec![agg(First,Some("process"))],&["host"])),
        ("list(process) by host", st(vec![agg(List,Some("process"))],&["host"])),
    ] {
        let p = Pipeline::new(&[c], &Settings{evidence:3,..Settings::default()}).unwrap();
        let mut s = p.state();
        let b = mk();
        let t = Instant::now();
        p.update(&mut s, b).unwrap();
        let u = t.elapsed();
        let t = Instant::now();
        let r = p.finish(s).unwrap();
        println!("{name}: update {:?} finish {:?} rows {}", u, t.elapsed(), r.rows.len());
    }
    for w in ["proc77", "system32", "run -x 5", "zzz", "windows*exe", ".exe"] {
        let t = TermTest::new(&Term{glob:Glob::new(w),kind:TermKind::Plain,span:Default::default()});
        let i = Instant::now();
        let c = t.select_texts(&proc_).count_set_bits();
        println!("term {w}: {:?} {c}", i.elapsed());
    }
    for w in ["host-5", "host-*5"] {
        let t = CompareTest::new(CompareOp::Eq,&Glob::new(w),false);
        let i = Instant::now();
        println!("eq {w}: {} {:?}", t.select(&host).count_set_bits(), i.elapsed());
    }
    let t = InTest::new(&[Glob::new("host-5"),Glob::new("host-77"),Glob::new("x")]);
    let i = Instant::now();
    println!("in: {} {:?}", t.select(&host).count_set_bits(), i.elapsed());
    let t = CompareTest::new(CompareOp::Eq,&Glob::new("4688"),false);
    let i = Instant::now();
    println!("pid: {} {:?}", t.select(&pid).count_set_bits(), i.elapsed());
}
