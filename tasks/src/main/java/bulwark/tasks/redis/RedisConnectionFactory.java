package bulwark.tasks.redis;

import bulwark.kernel.resp.BoundedSocket;
import bulwark.kernel.resp.ReplyLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Opens connections: TLS as far as the first answer, password, database. Thread-safe. */
final class RedisConnectionFactory implements Supplier<RedisConnection> {
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    static final int READ_TIMEOUT_MILLIS = 5_000;

    private final RedisUrl url;
    /** Results and dead letters have their own limits, which are far below. */
    private static final int MIN_REPLY_LIMIT = 16 << 20;

    private static final int ENVELOPES_IN_REPLY_LIMIT = 16;
    /** The bytes of a reply and what is made of them find room beside all else. */
    private static final int REPLIES_IN_HEAP = 3;

    private final @Nullable RedisTls tls;
    private final int longest;

    /** @param maxEnvelopeBytes texts and entries that are many times longer are cut while they arrive */
    RedisConnectionFactory(RedisUrl url, @Nullable RedisTls tls, int maxEnvelopeBytes) {
        this.url = url;
        this.tls = tls;
        this.longest = (int) Math.min(
                Integer.MAX_VALUE - 8, Math.max(MIN_REPLY_LIMIT, (long) ENVELOPES_IN_REPLY_LIMIT * maxEnvelopeBytes));
    }

    @Override
    public RedisConnection get() {
        var config = DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .connectionTimeoutMillis(CONNECT_TIMEOUT_MILLIS)
                .socketTimeoutMillis(READ_TIMEOUT_MILLIS)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .database(url.database());
        if (url.password() != null) {
            config.user(url.user()).password(url.password());
        }
        ReplyLimit limit =
                new ReplyLimit(Math.max(2L * longest, Runtime.getRuntime().maxMemory() / REPLIES_IN_HEAP));
        RedisConnection connection = new RedisConnection(
                new PushConnection(() -> createSocket(limit), config.build()), READ_TIMEOUT_MILLIS, limit);
        // With TLS 1.3 a server refuses a missing client certificate only after the handshake: the first answer tells.
        connection.call(Command.PING);
        return connection;
    }

    /** Bytes that no text and no entry goes beyond. */
    int longestText() {
        return longest;
    }

    private Socket createSocket(ReplyLimit limit) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(host()), url.port()), CONNECT_TIMEOUT_MILLIS);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            return new BoundedSocket(tls == null ? socket : secured(socket, tls), longest, limit);
        } catch (IOException e) {
            try {
                socket.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw new JedisConnectionException("no connection", e);
        }
    }

    private String host() {
        return url.host().startsWith("[") ? url.host().substring(1, url.host().length() - 1) : url.host();
    }

    private Socket secured(Socket plain, RedisTls with) throws IOException {
        SSLSocket socket = (SSLSocket) with.tls().sockets().createSocket(plain, host(), url.port(), true);
        if (!with.insecure()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        try {
            socket.startHandshake();
        } catch (SocketTimeoutException e) {
            // A plain server waits for the end of what it takes for a command.
            throw new SSLException(TlsErrors.NO_ANSWER, e);
        }
        return socket;
    }
}
