package bulwark.web;

import bulwark.kernel.process.PeerProcess;
import bulwark.web.Authenticator.Outcome;
import bulwark.web.AuthenticatorChain.Search;
import bulwark.web.Router.Match;
import io.vertx.core.MultiMap;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of the owner: one request, one answer. Runs on its own virtual thread. */
final class LocalExchange {
    private static final Logger LOG = LoggerFactory.getLogger(LocalExchange.class);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_HEAD = 16 << 10;
    /** After a refusal the rest of the request is read and thrown away, so that the caller gets to the answer. */
    private static final int MAX_DISCARDED = 8 << 20;

    private final SharedState served;
    private final SocketChannel channel;
    private final Optional<PeerProcess> peer;
    private final InputStream in;
    private final OutputStream out;
    private String requestId = "";
    private boolean bodiless;

    /** What all connections share. */
    record SharedState(
            Router router,
            Service.Errors errors,
            AuthenticatorChain authenticators,
            RequestIds ids,
            LocalSocket.Limits limits,
            @Nullable LocalGuard guard) {}

    private record LocalRequest(HttpHead head, String method, RequestTarget target, byte[] body) {}

    LocalExchange(SharedState served, SocketChannel channel, Optional<PeerProcess> peer) {
        this.served = served;
        this.peer = peer;
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
        this.out = Channels.newOutputStream(channel);
    }

    void run() throws IOException {
        Response answer;
        boolean unread = false;
        try {
            LocalRequest received;
            try (Deadline deadline = new Deadline(channel, READ_TIMEOUT)) {
                received = receive();
            }
            answer = answer(received);
        } catch (HttpHead.Refused e) {
            answer = served.errors.render(e.refusal());
            unread = true;
        }
        try (Deadline deadline = new Deadline(channel, READ_TIMEOUT)) {
            send(answer);
            if (unread) {
                channel.shutdownOutput();
                discard();
            }
        }
    }

    private void discard() throws IOException {
        byte[] rubbish = new byte[1 << 16];
        int total = 0;
        for (int n = in.read(rubbish); n >= 0 && total < MAX_DISCARDED; n = in.read(rubbish)) {
            total += n;
        }
    }

    private LocalRequest receive() throws IOException {
        HttpHead head = HttpHead.read(in, MAX_HEAD);
        requestId = served.ids.accept(head.header("x-request-id"));
        String[] words = head.start().split(" ", -1);
        if (words.length != 3 || !words[0].matches("[A-Z]{1,20}") || !words[2].matches("HTTP/1\\.[01]")) {
            throw HttpHead.Refused.bad("The request line is malformed.");
        }
        bodiless = words[0].equals("HEAD");
        RequestTarget target = target(words[1]);
        long length = Math.max(0, head.contentLength());
        int most = served.limits.body();
        if (length > most) {
            throw new HttpHead.Refused(new EdgeRefusal.BodyTooLarge(most));
        }
        if (length > 0 && "100-continue".equalsIgnoreCase(head.header("expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return new LocalRequest(head, words[0], target, HttpHead.body(in, (int) length));
    }

    private static RequestTarget target(String text) throws HttpHead.Refused {
        try {
            RequestTarget target = RequestTarget.parse(text);
            QueryString.parse(target.query());
            return target;
        } catch (RequestTarget.Malformed | PercentEncoding.Malformed e) {
            throw HttpHead.Refused.bad("The request target is malformed: " + e.getMessage());
        }
    }

    private Response answer(LocalRequest received) {
        return switch (served.router.match(received.method, received.target.path())) {
            case Match.Found found -> handle(received, found);
            case Match.WrongMethod wrong -> served.errors.render(new EdgeRefusal.MethodNotAllowed(wrong.allowed()));
            case Match.Malformed malformed -> served.errors.render(new EdgeRefusal.BadRequest(malformed.sentence()));
            case Match.Absent _ -> served.errors.render(new EdgeRefusal.NotFound());
        };
    }

    private Response handle(LocalRequest received, Match.Found found) {
        AuthenticationRequest shown = new AuthenticationRequest(
                received.method, received.target.path(), received.head.headers(), "local", false, null, true);
        if (!(served.authenticators.begin(found.route(), shown) instanceof Search.Decided decided
                && decided.outcome() instanceof Outcome.Identified caller)) {
            return served.errors.render(new EdgeRefusal.NoCredentials(List.of(OwnerAuthenticator.KIND), List.of()));
        }
        LocalGuard guard = served.guard;
        String reason = guard == null ? null : guard.policy().refusal(peer, found.route());
        if (guard != null && reason != null) {
            EdgeRefusal refusal = new EdgeRefusal.OwnerOnly(reason);
            guard.refusals().refused(caller.principal(), received.method, received.target.path(), "local", refusal);
            return served.errors.render(refusal);
        }
        Request request = new HttpRequest(
                new HttpRequest.Origin(requestId, false, "local", null),
                received.method,
                received.target,
                found,
                received.head.headers(),
                received.body,
                caller.principal(),
                RequestMemory.unlimited());
        try {
            @Nullable Response answer = found.route().handler().handle(request);
            // A fast handler may pass the first time, as on an event loop.
            @Nullable
            Response sure = answer != null ? answer : found.route().handler().handle(request);
            return sure != null ? sure.whole() : failed(new IllegalStateException("handler gave no answer"));
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
    }

    private Response failed(Throwable thrown) {
        Response rendered = served.errors.render(thrown, requestId);
        if (rendered.status() >= 500) {
            LOG.error("local request {} failed", requestId, thrown);
        }
        return rendered;
    }

    private void send(Response answer) throws IOException {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        HeaderPolicy.standard()
                .write(headers, false, requestId, answer, name -> LOG.warn("A handler may not set {}", name));
        headers.set("content-length", String.valueOf(answer.body().length));
        headers.set("connection", "close");
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " \r\n");
        for (Map.Entry<String, String> header : headers) {
            if ((header.getKey() + header.getValue()).chars().anyMatch(c -> c < ' ' || c > 0xff)) {
                throw new IOException("the answer has a malformed header");
            }
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!bodiless) {
            out.write(answer.body());
        }
    }
}
