package bulwark.seats.signer;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Asks a signer over its socket. One connection for each request; calls block, until a signer that hangs counts as one that does not answer. Thread-safe. */
public final class SignerClient {
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(20);
    /** A signer that asks KMS gives up after ten seconds; several requests may stand before this one. */
    private static final Duration WORK_TIMEOUT = Duration.ofSeconds(60);

    private final Path socket;
    private final Duration healthTimeout;
    private final Duration workTimeout;

    public SignerClient(Path socket) {
        this(socket, HEALTH_TIMEOUT, WORK_TIMEOUT);
    }

    /** @param healthTimeout from connecting to the last byte of an answer about its state; workTimeout likewise, of a signature or a key */
    SignerClient(Path socket, Duration healthTimeout, Duration workTimeout) {
        this.socket = socket;
        this.healthTimeout = healthTimeout;
        this.workTimeout = workTimeout;
    }

    /** State of the signer. @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when nobody answers */
    public JsonNode health() {
        return call(StrictJson.write(Map.of("request", "health")), healthTimeout);
    }

    /**
     * @return with {@code rawTransaction} and {@code transactionHash}
     * @throws SigningRefused with the signer's code and sentence; {@code SIGNER_UNAVAILABLE} when nobody answers: the outcome is then unknown, and the same request is safe to repeat
     */
    public JsonNode sign(SigningRequest request) {
        return call(request.bytes(), workTimeout);
    }

    /**
     * A key of a validator: {@code index}, {@code pubkey}, {@code vault}, {@code depositData} and {@code keystore}.
     *
     * @throws SigningRefused with the signer's code and sentence; when the answer was lost its index is not given again
     */
    public JsonNode generate(ValidatorKeyRequest request) {
        return call(StrictJson.write(request.json()), workTimeout);
    }

    private JsonNode call(byte[] request, Duration timeout) {
        JsonNode answer;
        AnswerDeadline deadline = new AnswerDeadline(timeout);
        try (deadline;
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            deadline.watch(channel);
            channel.connect(UnixDomainSocketAddress.of(socket));
            SignerFrames.write(channel, request);
            answer = StrictJson.parse(SignerFrames.read(channel));
        } catch (IOException | StrictJson.JsonRefused e) {
            throw new SigningRefused("SIGNER_UNAVAILABLE", deadline.hasPassed() ? late(timeout) : nobody());
        }
        JsonNode error = answer.get("error");
        if (error != null) {
            throw new SigningRefused(
                    error.path("code").asString("SIGNER_UNAVAILABLE"),
                    error.path("reason").asString(""),
                    error.path("message").asString("refused"));
        }
        return answer;
    }

    private String nobody() {
        return "No signer answers at " + socket + ": start seat-manager signer, then repeat the request.";
    }

    private String late(Duration timeout) {
        return "The signer at " + socket + " gave no answer within " + timeout.toMillis()
                + " ms: look at its log, restart it where it hangs, then repeat the request.";
    }
}
