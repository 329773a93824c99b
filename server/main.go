// Command carecert is the program: the server and its commands.
package main

import (
	"context"
	"os"

	"carecert/server/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Env{Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}
