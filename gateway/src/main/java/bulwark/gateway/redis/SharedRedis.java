package bulwark.gateway.redis;

import bulwark.kernel.resp.BoundedSocket;
import bulwark.kernel.resp.ReplyLimit;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The Redis that gateways share. Prints without user and password. Thread-safe. */
public final class SharedRedis implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    /** Answers here are a few numbers and words; whatever else comes would fill the memory. */
    private static final int MAX_REPLY_BYTES = 1 << 20;

    private final Supplier<RedisAddress> address;
    private final @Nullable ClientTls tls;
    private final Supplier<Optional<SecretBytes>> orderKey;

    private SharedRedis(
            Supplier<RedisAddress> address, @Nullable ClientTls tls, Supplier<Optional<SecretBytes>> orderKey) {
        this.address = address;
        this.tls = tls;
        this.orderKey = orderKey;
    }

    SharedRedis vouchedBy(Supplier<Optional<SecretBytes>> key) {
        return new SharedRedis(address, tls, key);
    }

    /** What vouches for orders that gateways give each other there; empty when nothing does. */
    public Optional<SecretBytes> orderKey() {
        return orderKey.get();
    }

    /**
     * Connects to nothing yet.
     *
     * @param url as {@link RedisAddress} has it
     * @param files of TLS; without a CA bundle those authorities count that the system trusts
     * @throws bulwark.kernel.config.Configuration.ConfigurationRefused with a sentence that quotes nothing of the URL
     */
    public static SharedRedis of(String url, ClientTls.Files files, Clock clock) {
        RedisAddress address = RedisAddress.parse(url);
        return following(() -> address, files, clock);
    }

    /** @param address asked at each new connection; whether it is over TLS is decided now, so that no later change takes TLS away */
    static SharedRedis following(Supplier<RedisAddress> address, ClientTls.Files files, Clock clock) {
        if (!address.get().isSecured()) {
            return new SharedRedis(address, null, Optional::empty);
        }
        ClientTls tls = ClientTls.load(files, ClientTls.Servers.TRUSTED, clock);
        tls.watch();
        return new SharedRedis(address, tls, Optional::empty);
    }

    /**
     * A new connection, for one thread.
     *
     * @throws redis.clients.jedis.exceptions.JedisException when the server is gone, silent for the timeout, or refuses
     */
    public Connection connect(int timeoutMillis) {
        RedisAddress to = address.get();
        var config = DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .connectionTimeoutMillis(CONNECT_TIMEOUT_MILLIS)
                .socketTimeoutMillis(timeoutMillis)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .database(to.database());
        SecretBytes password = to.password();
        if (password != null) {
            config.user(to.user()).password(password.exposeText(SecretAccess.grant()));
        }
        return new Connection(() -> socket(to, timeoutMillis), config.build());
    }

    private Socket socket(RedisAddress to, int timeoutMillis) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(to.host()), to.port()), CONNECT_TIMEOUT_MILLIS);
            // A handshake takes longer than an answer.
            socket.setSoTimeout(Math.max(timeoutMillis, CONNECT_TIMEOUT_MILLIS));
            Socket secured = tls == null ? socket : secured(socket, to, tls);
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

    private SSLSocket secured(Socket plain, RedisAddress to, ClientTls with) throws IOException {
        SSLSocket socket = (SSLSocket) with.sockets().createSocket(plain, to.host(), to.port(), true);
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
        return address.get().toString();
    }
}
