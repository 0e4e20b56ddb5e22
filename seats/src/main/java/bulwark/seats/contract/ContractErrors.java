package bulwark.seats.contract;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** The errors that our contracts revert with, by their selectors. */
public final class ContractErrors {
    private static final int SELECTOR_BYTES = 4;
    private static final Map<String, String> BY_SELECTOR = read();

    private ContractErrors() {}

    /** Name of the error. @param revertData that a call gave back */
    public static Optional<String> name(byte[] revertData) {
        return revertData.length < SELECTOR_BYTES
                ? Optional.empty()
                : Optional.ofNullable(BY_SELECTOR.get(HexText.of(Arrays.copyOf(revertData, SELECTOR_BYTES))));
    }

    private static Map<String, String> read() {
        Map<String, String> names = new HashMap<>();
        for (ContractCode code : ContractCode.values()) {
            for (JsonNode entry : StrictJson.parse(code.abiJson().getBytes(StandardCharsets.UTF_8))) {
                if (entry.path("type").asString("").equals("error")) {
                    String name = entry.path("name").asString("");
                    names.put(selector(name, entry.path("inputs")), name);
                }
            }
        }
        return Map.copyOf(names);
    }

    private static String selector(String name, JsonNode inputs) {
        String types = StreamSupport.stream(inputs.spliterator(), false)
                .map(input -> input.path("type").asString(""))
                .collect(Collectors.joining(",", "(", ")"));
        byte[] hash = Keccak256.hash((name + types).getBytes(StandardCharsets.US_ASCII));
        return HexText.of(Arrays.copyOf(hash, SELECTOR_BYTES));
    }
}
