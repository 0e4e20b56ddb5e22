package bulwark.gateway.caller;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/** Calls as the listener makes them, from the text of a head. */
final class CallFixture {
    private CallFixture() {}

    /** GET of a path from 192.0.2.7. @param lines header lines without their ends */
    static GatewayCall get(String path, String... lines) {
        return call("192.0.2.7", List.of(), "GET " + path, lines);
    }

    static GatewayCall call(String peer, List<X509Certificate> certificates, String methodAndPath, String... lines) {
        String head = methodAndPath + " HTTP/1.1\r\nHost: gateway.example\r\n"
                + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n") + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        HeadReader reader = new HeadReader(HeadLimits.STANDARD);
        reader.readRequest(bytes, bytes.length);
        return new GatewayCall(
                reader.request(),
                new CallPeer(new InetSocketAddress(peer, 40_000), !certificates.isEmpty(), certificates),
                new TraceContext(1, 2, 3, true, false),
                0);
    }

    /** Waits for a decision that takes a while. */
    static StageResult decided(StageResult result) {
        return result instanceof StageResult.Later later
                ? decided(later.result().toCompletableFuture().join())
                : result;
    }

    static GatewayRefusal refusal(StageResult result) {
        return ((StageResult.Refuse) decided(result)).refusal();
    }

    static WireError wire(StageResult result) {
        return GatewayWireErrors.of(refusal(result));
    }
}
