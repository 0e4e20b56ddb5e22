package bulwark.facts.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsAuditTables;
import bulwark.facts.identity.KeyDistrust;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.export.AuditExport;
import bulwark.kernel.evidence.export.ExportRefused;
import bulwark.kernel.evidence.export.ExportVerifier;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeExportTest {
    @TempDir
    Path folder;

    @Nullable
    private TestNode node;

    @Nullable
    private AuditExport export;

    @BeforeEach
    void start() {
        SettableClock clock = new SettableClock(TestNode.START);
        node = TestNode.start(folder, clock);
        export = NodeExport.of(
                node.store(), node.audit(), List.of(node.audit(), node.federation()), node.identity(), clock);
        for (int i = 0; i < 20; i++) {
            write("fact_write", i);
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void write(String type, int number) {
        AuditEvent event = new AuditEvent(type, "agent:a", "default", "f" + number, null, Map.of("n", number));
        node.store().write(tx -> node.audit().append(tx, event));
    }

    private Path export(long since, String name) {
        Path out = folder.resolve(name);
        export.export(FactsAuditTables.FACT_AUDIT_LOG, since, out);
        return out;
    }

    private String publicKey() {
        return Base64Url.text(node.identity().keys().node().signer().publicKey());
    }

    private List<String> problems(Path... files) {
        return problems(publicKey(), files);
    }

    private List<String> problems(String key, Path... files) {
        return new ExportVerifier(VerificationKeys.of(key, node.signing()))
                .verify(List.of(files))
                .problems();
    }

    private Path edited(Path file, Edit edit) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        edit.apply(lines);
        return Files.writeString(folder.resolve("edited.jsonl"), String.join("\n", lines) + "\n");
    }

    private interface Edit {
        void apply(List<String> lines);
    }

    @Test
    void the_empty_federation_table_is_exported_too() {
        Path out = folder.resolve("f.jsonl");
        AuditExport.Exported exported = export.export(FactsAuditTables.FEDERATION_AUDIT, 0, out);
        assertThat(exported.footer()).containsEntry("rows", 0L);
        assertThat(problems(out)).isEmpty();
    }

    @Test
    void an_export_that_a_replaced_key_signed_later_is_refused() throws IOException {
        Ed25519Signer former = node.identity().keys().node().signer();
        node.clock().advance(Duration.ofDays(1));
        node.rotate(KeyKind.NODE);
        node.clock().advance(Duration.ofDays(1));
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        Path genuine = export(0, "a.jsonl");
        assertThat(problems(manifest.toString(), genuine)).isEmpty();

        Path forged = edited(genuine, lines -> {
            Map<String, @Nullable Object> footer =
                    PlainJson.object(StrictJson.parse(lines.getLast().getBytes(StandardCharsets.UTF_8)));
            footer.remove("signature");
            lines.set(
                    lines.size() - 1,
                    CanonicalJson.text(NodeExport.signer(() -> former).sign(footer)));
        });
        assertThat(problems(manifest.toString(), forged))
                .anyMatch(line -> line.contains("had been replaced and signed no more"));
    }

    @Test
    void a_distrusted_key_vouches_for_no_export() throws IOException {
        Path file = export(0, "a.jsonl");
        String former = node.identity().keys().node().signer().keyId();
        node.rotate(KeyKind.NODE);
        new KeyDistrust(node.identity()).distrust(former, "seen in a paste");
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        assertThat(problems(manifest.toString(), file)).anyMatch(line -> line.contains("which is not a given one"));
    }

    @Test
    void a_manifest_verifies_exports_signed_before_a_rotation() throws IOException {
        Path before = export(0, "a.jsonl");
        node.rotate(KeyKind.NODE);
        Path after = export(0, "b.jsonl");
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        assertThat(problems(manifest.toString(), before, after)).isEmpty();
        assertThat(problems(publicKey(), before)).isNotEmpty();
    }

    @Test
    void an_argument_that_is_neither_key_nor_manifest_is_refused() {
        assertThatThrownBy(() -> VerificationKeys.of("nonsense", node.signing()))
                .isInstanceOf(ExportRefused.class);
    }

    @Test
    void the_members_of_an_export_stay_what_verifiers_elsewhere_read() throws IOException {
        List<String> lines = Files.readAllLines(export(0, "a.jsonl"));
        assertThat(PlainJson.object(StrictJson.parse(lines.getFirst().getBytes(StandardCharsets.UTF_8))))
                .containsOnlyKeys("kind", "version", "table", "node", "since_seq", "created_at")
                .containsEntry("node", TestNode.URL);
        assertThat(PlainJson.object(StrictJson.parse(lines.get(1).getBytes(StandardCharsets.UTF_8))))
                .containsOnlyKeys(
                        "seq",
                        "id",
                        "event_type",
                        "entity_uri",
                        "oidc_sub",
                        "fact_id",
                        "source",
                        "attested_key_id",
                        "ts",
                        "tenant_id",
                        "detail",
                        "prev_hash",
                        "row_hash");
        Map<String, @Nullable Object> footer =
                PlainJson.object(StrictJson.parse(lines.getLast().getBytes(StandardCharsets.UTF_8)));
        byte[] signature = Base64Url.exactly(64, String.valueOf(footer.remove("signature")))
                .orElseThrow();
        assertThat(footer)
                .containsOnlyKeys(
                        "kind",
                        "version",
                        "table",
                        "since_seq",
                        "first_seq",
                        "last_seq",
                        "rows",
                        "content_hash",
                        "previous_export",
                        "head_row_hash",
                        "created_at",
                        "key_id");
        byte[] publicKey = node.identity().keys().node().signer().publicKey();
        assertThat(node.signing().verify(publicKey, CanonicalJson.bytes(footer), signature))
                .isTrue();
    }
}
