// Package queue takes the documents of a scan to workers on other machines, over NATS JetStream.
//
// In come tasks; out comes what the workers made of them. The queue redelivers what a worker that died had taken, and all workers share
// one cache of replies and one purse.
package queue
