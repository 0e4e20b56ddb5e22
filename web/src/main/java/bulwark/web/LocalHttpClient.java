package bulwark.web;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's side of one connection. */
final class LocalHttpClient {
    private static final Logger LOG = LoggerFactory.getLogger(LocalHttpClient.class);
    private static final int MAX_HEAD = 64 << 10;
    /** Exports are the largest answers. */
    private static final int MAX_BODY = 256 << 20;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3})( .*)?");

    private final SocketChannel channel;
    private final Duration patience;

    LocalHttpClient(SocketChannel channel, Duration patience) {
        this.channel = channel;
        this.patience = patience;
    }

    Response exchange(String method, String target, byte[] jsonBody) throws IOException {
        try (Deadline deadline = new Deadline(channel, patience)) {
            try {
                trySend(method, target, jsonBody);
                return receive();
            } catch (HttpHead.Refused e) {
                throw new IOException("the process at the local socket answered something that is not HTTP", e);
            } catch (IOException e) {
                throw new IOException(
                        deadline.callOff()
                                ? "the process at the local socket hung up without a complete answer;"
                                        + " it serves only the user that it runs as"
                                : "the process at the local socket did not answer within "
                                        + patience.toMillis() / 1000.0 + " s",
                        e);
            }
        }
    }

    /** A refusal may come before the whole request is out: the answer tells more than the broken pipe. */
    private void trySend(String method, String target, byte[] jsonBody) {
        try {
            send(method, target, jsonBody);
        } catch (IOException e) {
            LOG.debug("the process at the local socket stopped listening: {}", e.getMessage());
        }
    }

    private void send(String method, String target, byte[] jsonBody) throws IOException {
        String type = jsonBody.length == 0 ? "" : "content-type: application/json\r\n";
        OutputStream out = Channels.newOutputStream(channel);
        out.write((method + " " + target + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n" + type
                        + "content-length: " + jsonBody.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(jsonBody);
    }

    private Response receive() throws IOException {
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
        HttpHead head = HttpHead.read(in, MAX_HEAD);
        Matcher status = STATUS.matcher(head.start());
        long length = head.contentLength();
        if (!status.matches() || length < 0 || length > MAX_BODY) {
            throw HttpHead.Refused.bad("not an answer");
        }
        String type = head.headers().first("content-type").orElse("");
        return new Response(Integer.parseInt(status.group(1)), type, HttpHead.body(in, (int) length), head.headers());
    }
}
