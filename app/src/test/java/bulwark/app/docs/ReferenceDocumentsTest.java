package bulwark.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The reference documents in the tree are those that the program would write. */
class ReferenceDocumentsTest {
    private static final String REMEDY =
            "%s differs from what the program says of itself: run ./bulwark docs and commit it";
    private static final Path ROOT = SharedMaterial.repository();

    @TempDir
    Path scratch;

    @Test
    void every_generated_document_in_the_tree_is_the_one_that_the_program_writes() throws Exception {
        for (Map.Entry<String, String> document :
                ReferenceDocuments.generate(scratch).entrySet()) {
            Path file = ROOT.resolve(document.getKey());
            assertThat(file).as(REMEDY, document.getKey()).exists();
            assertThat(Files.readString(file)).as(REMEDY, document.getKey()).isEqualTo(document.getValue());
        }
    }

    @Test
    void every_reference_in_the_api_document_leads_somewhere_and_every_operation_is_whole() throws Exception {
        Object document = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(ROOT.resolve("docs/api/facts.yaml")));
        List<String> faults = new ArrayList<>();
        Set<Object> used = new HashSet<>();
        references(document, document, used, faults);
        Map<?, ?> components = (Map<?, ?>) SchemaCheck.at(document, "#/components");
        for (String kind : List.of("schemas", "responses", "parameters")) {
            for (Object name : ((Map<?, ?>) components.get(kind)).keySet()) {
                if (!used.contains("#/components/" + kind + "/" + name)) {
                    faults.add("nothing refers to " + kind + "/" + name);
                }
            }
        }
        Set<Object> ids = new HashSet<>();
        ((Map<?, ?>) SchemaCheck.at(document, "#/paths"))
                .forEach((path, item) -> ((Map<?, ?>) item).forEach((method, operation) -> {
                    Map<?, ?> members = (Map<?, ?>) operation;
                    String name = method + " " + path;
                    if (!ids.add(members.get("operationId"))) {
                        faults.add(name + " has no operationId of its own");
                    }
                    for (String member : List.of("summary", "responses", "security")) {
                        if (members.get(member) == null) {
                            faults.add(name + " lacks " + member);
                        }
                    }
                }));
        assertThat(faults).isEmpty();
    }

    private static void references(Object top, Object node, Set<Object> used, List<String> faults) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                used.add(reference);
                if (SchemaCheck.at(top, reference) == null) {
                    faults.add(reference + " leads nowhere");
                }
            }
            map.values().forEach(value -> references(top, value, used, faults));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> references(top, value, used, faults));
        }
    }
}
