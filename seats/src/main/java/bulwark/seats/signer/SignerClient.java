package bulwark.seats.signer;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Asks a signer over its socket. One connection for each request; calls block. Thread-safe. */
public final class SignerClient {
    private final Path socket;

    public SignerClient(Path socket) {
        this.socket = socket;
    }

    /** State of the signer. @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when nobody answers */
    public JsonNode health() {
        return call(StrictJson.write(Map.of("request", "health")));
    }

    /**
     * @return with {@code rawTransaction} and {@code transactionHash}
     * @throws SigningRefused with the signer's code and sentence; {@code SIGNER_UNAVAILABLE} when nobody answers: the outcome is then unknown, and the same request is safe to repeat
     */
    public JsonNode sign(SigningRequest request) {
        return call(request.bytes());
    }

    /**
     * A key of a validator: {@code index}, {@code pubkey}, {@code vault}, {@code depositData} and {@code keystore}.
     *
     * @throws SigningRefused with the signer's code and sentence; when the answer was lost its index is not given again
     */
    public JsonNode generate(ValidatorKeyRequest request) {
        return call(StrictJson.write(request.json()));
    }

    private JsonNode call(byte[] request) {
        JsonNode answer;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            SignerFrames.write(channel, request);
            answer = StrictJson.parse(SignerFrames.read(channel));
        } catch (IOException | StrictJson.JsonRefused e) {
            throw new SigningRefused(
                    "SIGNER_UNAVAILABLE",
                    "No signer answers at " + socket + ": start seat-manager signer, then repeat the request.");
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
}
