package admin

import (
	"cmp"
	"context"
	"reflect"
	"strings"
	"time"
)

// Effect is what a verb does to a lab: whether it may be asked without thought.
type Effect string

// The effects.
const (
	Reads    Effect = "reads"
	Changes  Effect = "changes"
	Destroys Effect = "destroys" // what it takes doesn't come back by itself
)

// Spec is all that is known of a verb but for its types, which are values here:
// whoever loops over the table serves, calls, describes or offers every verb.
type Spec struct {
	Name   string // as tests and faces name it: RenamePasskey
	Method string
	Path   string // /v1/passkeys/{id}
	Doc    string // a sentence
	Effect Effect
	CLI    string // the command that does it, without "sting"
	Done   string // what an api.Done says

	In, Out reflect.Type // of a stream, Out is that of one item

	Streams  bool  // it tells items until somebody has enough, as server-sent events (HTML, section 9.2)
	Followed bool  // its address is a verb's, and follow=1 asks for the stream
	Late     bool  // it begins with its first item: what is refused before is answered as everywhere
	Before   *Spec // asked before it begins, for the same reason

	Within time.Duration // how long an answer may take; 0: as long as any
	Most   int64         // bytes of a body that is a file, which the door hands on as it is
	File   string        // what such a body is called
	Split  string        // what to do about one that is too large; "": send less
}

// Patience is how long an answer to in may take where one usually may take usual.
func (v Spec) Patience(in any, usual time.Duration) time.Duration {
	within := cmp.Or(v.Within, usual)
	if waiting, ok := in.(interface{ Waits() time.Duration }); ok {
		within += waiting.Waits()
	}
	return within
}

// Verb is something that a face can ask of a lab.
type Verb[In, Out any] struct{ Spec }

// Stream is a verb that tells items as they come.
type Stream[In, Item any] struct{ Spec }

// Caller asks a lab for verbs, in the process or over the socket. Every error
// is, or wraps, a *fault.Error.
type Caller interface {
	// Call takes a value of v.In and returns one of v.Out.
	Call(ctx context.Context, v Spec, in any) (any, error)
	// Follow takes a value of v.In and calls tell with values of v.Out until ctx
	// ends or the connection breaks.
	Follow(ctx context.Context, v Spec, in any, tell func(any)) error
}

// Ask asks a lab for the verb.
func (v Verb[In, Out]) Ask(ctx context.Context, c Caller, in In) (Out, error) {
	out, err := c.Call(ctx, v.Spec, in)
	typed, _ := out.(Out)
	return typed, err
}

// Do asks a lab for a verb whose answer says nothing but that it is done.
func (v Verb[In, Out]) Do(ctx context.Context, c Caller, in In) error {
	_, err := v.Ask(ctx, c, in)
	return err
}

// Follow calls f with each item until ctx ends or the connection breaks.
func (v Stream[In, Item]) Follow(ctx context.Context, c Caller, in In, f func(Item)) error {
	return c.Follow(ctx, v.Spec, in, func(item any) { f(item.(Item)) })
}

// Answer is a verb with what answers it.
type Answer struct {
	Spec
	call   func(ctx context.Context, in any) (any, error)
	follow func(ctx context.Context, in any, tell func(any)) error
}

// By binds the verb to what answers it.
func (v Verb[In, Out]) By(f func(context.Context, In) (Out, error)) Answer {
	return Answer{Spec: v.Spec, call: func(ctx context.Context, in any) (any, error) {
		out, err := f(ctx, in.(In))
		return whole(out), err
	}}
}

// By binds the stream to what tells its items.
func (v Stream[In, Item]) By(f func(context.Context, In, func(Item)) error) Answer {
	return Answer{Spec: v.Spec, follow: func(ctx context.Context, in any, tell func(any)) error {
		return f(ctx, in.(In), func(item Item) { tell(whole(item)) })
	}}
}

// Answers are verbs that are answered in the process, by name.
type Answers map[string]Answer

// Answering collects what answers verbs.
func Answering(all ...Answer) Answers {
	out := make(Answers, len(all))
	for _, a := range all {
		out[a.Name] = a
	}
	return out
}

// Call implements Caller.
func (a Answers) Call(ctx context.Context, v Spec, in any) (any, error) {
	return a[v.Name].call(ctx, in)
}

// Follow implements Caller.
func (a Answers) Follow(ctx context.Context, v Spec, in any, tell func(any)) error {
	return a[v.Name].follow(ctx, in, tell)
}

// define makes a verb. route is method and path, cli the command.
func define[In, Out any](effect Effect, name, route, cli, doc string) Verb[In, Out] {
	return Verb[In, Out]{specify[In, Out](effect, name, route, cli, doc)}
}

// stream makes a stream, which always reads; route may end in "?follow=1".
func stream[In, Item any](name, route, cli, doc string) Stream[In, Item] {
	s := Stream[In, Item]{specify[In, Item](Reads, name, route, cli, doc)}
	s.Streams = true
	s.Path, _, s.Followed = strings.Cut(s.Path, "?")
	return s
}

func specify[In, Out any](effect Effect, name, route, cli, doc string) Spec {
	method, path, _ := strings.Cut(route, " ")
	return Spec{
		Name: name, Method: method, Path: path, Doc: doc, Effect: effect, CLI: cli,
		In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](),
	}
}

// saying sets what the verb's api.Done says.
func (v Verb[In, Out]) saying(done string) Verb[In, Out] {
	v.Done = done
	return v
}

// within sets how long an answer may take.
func (v Verb[In, Out]) within(d time.Duration) Verb[In, Out] {
	v.Within = d
	return v
}

// taking makes the verb's body a file of at most so many bytes.
func (v Verb[In, Out]) taking(file string, most int64, split string) Verb[In, Out] {
	v.File, v.Most, v.Split = file, most, split
	return v
}

// late lets the stream begin with its first item.
func (v Stream[In, Item]) late() Stream[In, Item] {
	v.Late = true
	return v
}

// after lets a verb with the same input refuse before the stream begins.
func (v Stream[In, Item]) after(before Spec) Stream[In, Item] {
	v.Before = &before
	return v
}
