package bulwark.gateway.opensearch;

import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The bulk API's body, and its answer: OpenSearch's reference, "Bulk". */
final class BulkBody {
    private static final int CONFLICT = 409;
    private static final int BAD_REQUEST = 400;

    private BulkBody() {}

    /** What became of documents, each by its place in the request. */
    record Outcome(int created, int present, List<Integer> unfit, String failure) {
        /** Whether everything is there or will never be taken as it is. */
        boolean isWhole() {
            return failure.isEmpty();
        }
    }

    /** {@code create} under each document's own id: what is there already is not written again. */
    static byte[] of(List<AuditDocument> documents) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (AuditDocument document : documents) {
            body.writeBytes(StrictJson.write(Map.of("create", Map.of("_id", document.id()))));
            body.write('\n');
            body.writeBytes(document.json());
            body.write('\n');
        }
        return body.toByteArray();
    }

    /** @throws StrictJson.JsonRefused when the answer is none of the bulk API */
    static Outcome outcome(byte[] answer, int documents) {
        JsonNode items = StrictJson.parse(answer).path("items");
        if (items.size() != documents) {
            return new Outcome(0, 0, List.of(), "it answered for " + items.size() + " documents of " + documents);
        }
        int created = 0;
        int present = 0;
        List<Integer> unfit = new ArrayList<>();
        String failure = "";
        for (int i = 0; i < documents; i++) {
            JsonNode item = items.get(i).path("create");
            int status = item.path("status").asInt(0);
            if (status == CONFLICT) {
                present++;
            } else if (status >= 200 && status < 300) {
                created++;
            } else if (status == BAD_REQUEST) {
                unfit.add(i);
            } else {
                failure = "a document was answered with " + status + " ("
                        + item.path("error").path("type").asString("") + ")";
            }
        }
        return new Outcome(created, present, List.copyOf(unfit), failure);
    }
}
