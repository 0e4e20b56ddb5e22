package bulwark.app.docs;

import bulwark.app.rotate.RotationFolder;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.PartList;
import bulwark.facts.node.NodeComposition;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The documents that are generated: path inside the repository → text. The same sources give the same text. */
public final class ReferenceDocuments {
    private ReferenceDocuments() {}

    /** @param scratch an empty folder, in which a node is made to ask it for its routes */
    public static SortedMap<String, String> generate(Path scratch) {
        SortedMap<String, String> documents = new TreeMap<>();
        List<PartDeclaration> parts = Stream.concat(
                        PartList.all().stream().flatMap(part -> part.declarations().stream()),
                        Stream.of(RotationFolder.DECLARATION))
                .toList();
        documents.put("docs/configuration.md", ConfigurationReference.text(parts));
        documents.put("docs/metrics.md", MetricsReference.text(parts));
        documents.put("docs/audit-events.md", AuditEventsReference.text(parts));
        PartList.all().stream()
                .flatMap(part -> part.scripts().stream())
                .forEach(script -> documents.put("bin/" + script.name(), script.text()));
        try (NodeComposition node = NodeComposition.open(Map.of(), scratch.resolve("stigmem.db"), Clock.systemUTC())) {
            documents.put("docs/api/facts.yaml", OpenApiDocument.text(node.networkRoutes()));
        }
        return documents;
    }
}
