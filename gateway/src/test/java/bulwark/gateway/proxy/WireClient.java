package bulwark.gateway.proxy;

import bulwark.testkit.WireSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A socket that reads answers as bytes. */
final class WireClient extends WireSocket {
    WireClient(int port) {
        super(port);
    }

    /** @param connected and, where it speaks TLS, through its handshake */
    WireClient(Socket connected) {
        super(connected);
    }

    /** Sends the text and reads one answer. */
    static Answer exchange(int port, String request) {
        try (WireClient client = new WireClient(port)) {
            client.send(request);
            return client.answer();
        }
    }

    @Override
    public WireClient send(String latin1) {
        super.send(latin1);
        return this;
    }

    /** So that the gateway notices soon that nothing is read. */
    WireClient receivesLittle() {
        try {
            socket().setReceiveBufferSize(4_096);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One answer to a request that was not HEAD; interim answers are skipped. */
    Answer answer() {
        return answer(false);
    }

    Answer answer(boolean headOnly) {
        Answer head = head();
        while (head.status() / 100 == 1 && head.status() != 101) {
            head = head();
        }
        return headOnly ? head : head.withBody(body(head));
    }

    /** Status line and headers of the next answer. */
    Answer head() {
        String line = line();
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            fields.add(field);
        }
        return new Answer(line, fields, "");
    }

    private String body(Answer head) {
        if (head.status() == 204 || head.status() == 304 || head.status() == 101) {
            return "";
        }
        if (head.has("transfer-encoding")) {
            return chunks();
        }
        return head.has("content-length") ? read(Integer.parseInt(head.value("content-length"))) : readToEnd();
    }

    private String chunks() {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            if (size == 0) {
                for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    body.append('[').append(trailer).append(']');
                }
                return body.toString();
            }
            body.append(read(size));
            line();
        }
    }

    /** @param fields header lines as received */
    record Answer(String statusLine, List<String> fields, String body) {
        int status() {
            return Integer.parseInt(statusLine.substring(9, 12));
        }

        Answer withBody(String text) {
            return new Answer(statusLine, fields, text);
        }

        boolean has(String name) {
            return !values(name).isEmpty();
        }

        String value(String name) {
            List<String> values = values(name);
            if (values.size() != 1) {
                throw new AssertionError(name + " is there " + values.size() + " times in " + fields);
            }
            return values.getFirst();
        }

        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(field -> field.substring(prefix.length()).strip())
                    .toList();
        }
    }
}
