package bulwark.tasks.schedule;

import bulwark.kernel.json.StrictYaml;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A file of schedules in JSON or YAML as a tree. */
final class YamlReader {
    private YamlReader() {}

    /** @throws ScheduleRefused when it is neither */
    static JsonNode parse(String text) {
        try {
            return StrictYaml.parse(text, ScheduleFileParser.MAX_BYTES);
        } catch (StrictYaml.YamlRefused e) {
            throw new ScheduleRefused(List.of(String.valueOf(e.getMessage())));
        }
    }
}
