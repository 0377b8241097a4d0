import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow, GraphProgram, permutation } from '@epochal/tensorflow';
import { smallNetwork, smallDataset } from './dist/testing/small-network.js';
const [,, T='1', drop='0', H='30', B='32']=process.argv;
loadTensorFlow(T==='0'?{}:{threads:{intraOp:+T,interOp:+T}});
const net=smallNetwork(+drop,+H); const BS=+B; const N=BS*600;
const [x,y]=smallDataset(N);
const us=(t,n)=>(Number(process.hrtime.bigint()-t)/1e3/n).toFixed(1);let cp;const c0=()=>{cp=process.cpuUsage();};const cu=n=>{const d=process.cpuUsage(cp);return ((d.user+d.system)/n).toFixed(1)};
let t=process.hrtime.bigint();
const f=(...s)=>({shape:s,dtype:'float32'});
const p=new GraphProgram(net.variables); p.addData('d',[f(8),f(1)]);
p.addFunction('f',net.step,[f(BS,8),f(BS,1)]); const t1=us(t,1000); p.addLoop('l',net.step,{data:'d',batchSize:BS});p.addLoop('e',net.step,{data:'d',batchSize:BS, outputs:'every'});
t=process.hrtime.bigint(); const s=p.build(); const t2=us(t,1000);
s.setData('d',[x,y]); const order=tf.tensor1d(permutation(N,1,1),'int32');
t=process.hrtime.bigint(); tf.dispose(s.runLoop('l',{order,batches:1})); const t3=us(t,1000);
console.log('ms: trace',t1,'build',t2,'first run',t3, 'ops', p);
const bx=[tf.slice(x,[0,0],[BS,8]),tf.slice(y,[0,0],[BS,1])];
t=process.hrtime.bigint(); for(let i=0;i<50;i++) tf.dispose(net.step(bx)); console.log('eager',us(t,50));
for(let r=0;r<5;r++){
c0(); for(let i=0;i<600;i++) tf.dispose(s.call('f',bx)); const a=cu(600);
c0(); tf.dispose(s.runLoop('l',{order,batches:600})); const b=cu(600);
c0(); tf.dispose(s.runLoop('e',{order,batches:600})); const c=cu(600);
console.log('function',a,'loop',b,'every',c);}
