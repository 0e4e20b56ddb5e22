package bulwark.doctor.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** JSON objects whose members keep their order, so that one report is one file. */
final class ReportJson {
    private ReportJson() {}

    /** @param pairs names and values in turn */
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            members.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return members;
    }
}
