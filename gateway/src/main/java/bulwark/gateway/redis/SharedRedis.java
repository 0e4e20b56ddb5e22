package bulwark.gateway.redis;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.resp.BoundedSocket;
import bulwark.kernel.resp.ReplyLimit;
import bulwark.kernel.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The Redis of {@code STOA_REDIS_URL}: {@code redis[s]://[[user]:password@]host[:port][/database]}, user and password percent-encoded. Prints without them. Thread-safe. */
public final class SharedRedis implements AutoCloseable {
    private static final int DEFAULT_PORT = 6379;
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    /** Answers here are a few numbers and words; whatever else comes would fill the memory. */
    private static final int MAX_REPLY_BYTES = 1 << 20;

    private final String host;
    private final int port;
    private final int database;
    private final @Nullable String user;
    private final @Nullable String password;
    private final @Nullable ClientTls tls;

    private SharedRedis(URI uri, @Nullable ClientTls tls) {
        this.tls = tls;
        host = uri.getHost() == null ? "localhost" : uri.getHost().replaceAll("^\\[|\\]$", "");
        port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        database = database(uri.getPath());
        String info = uri.getRawUserInfo();
        int colon = info == null ? -1 : info.indexOf(':');
        user = info == null || colon <= 0 ? null : decoded(info.substring(0, colon));
        String secret = info == null ? "" : decoded(info.substring(colon + 1));
        password = secret.isEmpty() ? null : secret;
    }

    /**
     * Connects to nothing yet.
     *
     * @param files of TLS; without a CA bundle those authorities count that the system trusts
     * @throws ConfigurationRefused with a sentence that quotes nothing of the URL
     */
    public static SharedRedis of(String url, ClientTls.Files files, Clock clock) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw refused("is not well-formed; percent-encode special characters of the password");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        boolean secured = scheme.equalsIgnoreCase("rediss");
        if (!secured && !scheme.equalsIgnoreCase("redis")) {
            throw refused("must begin with redis:// or rediss://");
        }
        if (uri.getRawAuthority() != null && uri.getHost() == null) {
            throw refused("names no valid host");
        }
        return new SharedRedis(uri, secured ? ClientTls.load(files, ClientTls.Servers.TRUSTED, clock) : null);
    }

    private static int database(@Nullable String path) {
        String number = path == null || path.length() < 2 ? "0" : path.substring(1);
        try {
            int database = Integer.parseInt(number);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw refused("ends in a path that is no database number; write redis://host:6379/0");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused("has a broken percent sequence in user or password; write % as %25");
        }
    }

    private static ConfigurationRefused refused(String fault) {
        return new ConfigurationRefused(List.of("STOA_REDIS_URL " + fault));
    }

    /**
     * A new connection, for one thread.
     *
     * @throws redis.clients.jedis.exceptions.JedisException when the server is gone, silent for the timeout, or refuses
     */
    public Connection connect(int timeoutMillis) {
        var config = DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .connectionTimeoutMillis(CONNECT_TIMEOUT_MILLIS)
                .socketTimeoutMillis(timeoutMillis)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .database(database);
        if (password != null) {
            config.user(user).password(password);
        }
        return new Connection(() -> socket(timeoutMillis), config.build());
    }

    private Socket socket(int timeoutMillis) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), CONNECT_TIMEOUT_MILLIS);
            // A handshake takes longer than an answer.
            socket.setSoTimeout(Math.max(timeoutMillis, CONNECT_TIMEOUT_MILLIS));
            Socket secured = tls == null ? socket : secured(socket, tls);
            secured.setSoTimeout(timeoutMillis);
            return new BoundedSocket(secured, MAX_REPLY_BYTES + 1, new ReplyLimit(MAX_REPLY_BYTES));
        } catch (IOException e) {
            try {
                socket.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw new JedisConnectionException("no connection to " + this, e);
        }
    }

    private SSLSocket secured(Socket plain, ClientTls with) throws IOException {
        SSLSocket socket = (SSLSocket) with.sockets().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    @Override
    public void close() {
        if (tls != null) {
            tls.close();
        }
    }

    @Override
    public String toString() {
        return (tls == null ? "redis://" : "rediss://") + host + ":" + port + "/" + database;
    }
}
