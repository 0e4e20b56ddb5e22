package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where one program sees one request and the next sees two, a caller speaks with the voice of another. */
final class GatewaySmuggledRequestProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HTTP-02",
                        Severity.CRITICAL,
                        "A request whose length can be read in two ways is refused, and its connection ends.",
                        "spec of the gateway, case P12",
                        "Let nothing before the gateway repair such requests: it must refuse them too")
                .requires("V4.2.1")
                .sends(4, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String head = gateway.front().head("POST", gateway.path()).replace("Connection: close\r\n", "");
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("two lengths", head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd");
        shapes.put("a length and chunks", head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        shapes.put("a coding that nobody knows", head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n");
        shapes.put("a folded header line", head + "X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n");
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, String> shape : shapes.entrySet()) {
            WireAnswer answer = gateway.front().send(shape.getValue());
            if (answer.status() != 400 || !answer.closed()) {
                faults.add(shape.getKey() + ": " + answer.status()
                        + (answer.closed() ? "" : ", and the connection stays"));
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "400 and the end of the connection for each of " + shapes.size(),
                faults.isEmpty() ? "400 for each, closed" : String.join("; ", faults));
    }
}
