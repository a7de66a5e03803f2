// Command ext-authz-client asks an ext_authz server over gRPC with the types that Envoy itself is built on.
//
// It reads one JSON object per line, {"check": CheckRequest as protojson, "metadata": {name: value}} or
// {"health": service name}, and writes one line for each: {"response": CheckResponse as protojson} or {"status": ...},
// or {"error": text, "code": gRPC status code}.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	longestLine   = 8 << 20
	answerTimeout = 10 * time.Second
)

type question struct {
	Check    json.RawMessage   `json:"check"`
	Metadata map[string]string `json:"metadata"`
	Health   *string           `json:"health"`
}

type answer struct {
	Response json.RawMessage `json:"response,omitempty"`
	Status   string          `json:"status,omitempty"`
	Error    string          `json:"error,omitempty"`
	Code     uint32          `json:"code,omitempty"`
}

func main() {
	address := flag.String("address", "", "host:port of the server")
	authority := flag.String("ca", "", "PEM file that the server's certificate is checked with; without it, no TLS")
	certificate := flag.String("cert", "", "PEM file of the client's own certificate")
	key := flag.String("key", "", "PEM file of its key")
	flag.Parse()
	transport, err := transportOf(*authority, *certificate, *key)
	if err == nil {
		err = serve(*address, transport)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func transportOf(authority, certificate, key string) (credentials.TransportCredentials, error) {
	if authority == "" {
		return insecure.NewCredentials(), nil
	}
	pem, err := os.ReadFile(authority)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)
	if certificate != "" {
		own, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	return credentials.NewTLS(config), nil
}

func serve(address string, transport credentials.TransportCredentials) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return err
	}
	defer connection.Close()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		text, err := json.Marshal(ask(connection, lines.Bytes()))
		if err != nil {
			return err
		}
		fmt.Println(string(text))
	}
	return lines.Err()
}

func ask(connection *grpc.ClientConn, line []byte) answer {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	for name, value := range asked.Metadata {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	if asked.Health != nil {
		response, err := healthv1.NewHealthClient(connection).Check(ctx, &healthv1.HealthCheckRequest{Service: *asked.Health})
		if err != nil {
			return failure(err)
		}
		return answer{Status: response.GetStatus().String()}
	}
	request := &authv3.CheckRequest{}
	if err := protojson.Unmarshal(asked.Check, request); err != nil {
		return answer{Error: err.Error()}
	}
	response, err := authv3.NewAuthorizationClient(connection).Check(ctx, request)
	if err != nil {
		return failure(err)
	}
	if err := protorange.Range(response.ProtoReflect(), refuseUnknown); err != nil {
		return answer{Error: err.Error()}
	}
	text, err := protojson.Marshal(response)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Response: text}
}

// What the server sent and the published contract has no field for would be lost in silence.
func refuseUnknown(at protopath.Values) error {
	if message, ok := at.Index(-1).Value.Interface().(protoreflect.Message); ok && len(message.GetUnknown()) > 0 {
		return fmt.Errorf("%s: has fields that the contract does not have", at.Path)
	}
	return nil
}

func failure(err error) answer {
	return answer{Error: err.Error(), Code: uint32(status.Code(err))}
}
