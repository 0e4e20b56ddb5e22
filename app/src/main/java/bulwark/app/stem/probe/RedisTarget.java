package bulwark.app.stem.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.tls.ClientTls;
import bulwark.tasks.setup.TaskSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The Redis of a worker, by the settings with which the worker runs: those of its process and of the file in its folder. Prints without a credential.
 *
 * @param url of the broker
 * @param folder in which the worker's relative paths begin
 */
record RedisTarget(URI url, Configuration settings, Path folder, Visit visit) {
    static final int DEFAULT_PORT = 6379;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** @throws ProbeNotApplicable when the worker's broker is no Redis */
    static RedisTarget of(Visit visit) throws IOException {
        HostProcess worker = new HostProcess(TaskTarget.of(visit).process("worker"));
        Path folder = worker.directory();
        Configuration settings = Configuration.readLenient(TaskSettings.schema(), worker.variables(), folder);
        String broker = TaskSettings.brokerUrl(settings, folder);
        if (!broker.startsWith("redis:") && !broker.startsWith("rediss:")) {
            throw new ProbeNotApplicable("no Redis: this worker takes its tasks from the embedded broker");
        }
        try {
            return new RedisTarget(new URI(broker), settings, folder, visit);
        } catch (URISyntaxException malformed) {
            // Its own message has the URL, and so the password.
            throw new IOException("the URL of the worker's broker is not well-formed");
        }
    }

    boolean encrypted() {
        return "rediss".equals(url.getScheme());
    }

    int port() {
        return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    }

    /** User and password of the URL; each empty where there is none. */
    private List<String> login() {
        String info = url.getRawUserInfo();
        if (info == null) {
            return List.of("", "");
        }
        int colon = info.indexOf(':');
        return List.of(decoded(info.substring(0, Math.max(0, colon))), decoded(info.substring(colon + 1)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    boolean hasPassword() {
        return !login().getLast().isEmpty();
    }

    /** Without TLS, whatever the URL says. */
    RedisDialogue plain(int port) throws IOException {
        return new RedisDialogue(connected(port));
    }

    /** As the worker connects, before it says who it is. @param certified whether the worker's certificate is shown */
    RedisDialogue connect(boolean certified) throws IOException {
        if (!encrypted()) {
            return plain(port());
        }
        ClientTls.Files files = ClientTls.Files.unnamed(
                certified ? file("STEM_TLS_CLIENT_CERT") : null,
                certified ? file("STEM_TLS_CLIENT_KEY") : null,
                file("STEM_TLS_CA_CERT"));
        // No file is watched, so that nothing is left behind when this is not closed.
        ClientTls tls = ClientTls.load(files, ClientTls.Servers.TRUSTED, visit.clock());
        Socket plain = connected(port());
        SSLSocket socket = (SSLSocket) tls.sockets().createSocket(plain, url.getHost(), port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
        return new RedisDialogue(socket);
    }

    /** The worker itself, signed in. */
    RedisDialogue asWorker() throws IOException {
        RedisDialogue dialogue = connect(true);
        if (hasPassword()) {
            List<String> login = login();
            List<String> reply = login.getFirst().isEmpty()
                    ? dialogue.ask("AUTH", login.getLast())
                    : dialogue.ask("AUTH", login.getFirst(), login.getLast());
            if (reply.getFirst().startsWith("-")) {
                dialogue.close();
                throw new IOException("the server does not take the worker's own password");
            }
        }
        return dialogue;
    }

    /** The server's own word for a setting. @throws IOException when it does not say it */
    String setting(String name) throws IOException {
        try (RedisDialogue dialogue = asWorker()) {
            List<String> reply = dialogue.ask("CONFIG", "GET", name);
            if (reply.size() != 2 || !reply.getFirst().equals(name)) {
                throw new IOException("the server does not say " + name + ": the worker's user needs +config|get");
            }
            return reply.getLast();
        }
    }

    private @Nullable Path file(String name) {
        String text = settings.text(name).strip();
        return text.isEmpty() ? null : folder.resolve(text);
    }

    private Socket connected(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(url.getHost(), port), (int) TIMEOUT.toMillis());
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getHost() + ":" + port();
    }
}
