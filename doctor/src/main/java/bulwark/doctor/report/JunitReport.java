package bulwark.doctor.report;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A report in the XML that build servers read of JUnit: a suite for each part, a case for each probe. What is waived is skipped there, with its observation; what is amber passes, and says why. Stateless.
 */
public final class JunitReport {
    private JunitReport() {}

    /** UTF-8. */
    public static byte[] of(Report report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newFactory().createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
            xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
            xml.writeStartElement("testsuites");
            xml.writeAttribute("name", "bulwark doctor");
            counts(xml, report.probes());
            xml.writeAttribute("time", seconds(report.tookMs()));
            Map<String, List<ProbeResult>> parts = report.probes().stream()
                    .collect(Collectors.groupingBy(ProbeResult::part, TreeMap::new, Collectors.toList()));
            for (Map.Entry<String, List<ProbeResult>> part : parts.entrySet()) {
                suite(xml, report, part.getKey(), part.getValue());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("every text of a report may stand in XML", e);
        }
        return bytes.toByteArray();
    }

    private static void suite(XMLStreamWriter xml, Report report, String part, List<ProbeResult> probes)
            throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "bulwark.doctor." + part);
        counts(xml, probes);
        xml.writeAttribute(
                "time", seconds(probes.stream().mapToLong(ProbeResult::tookMs).sum()));
        xml.writeAttribute("timestamp", report.started().toString());
        xml.writeStartElement("properties");
        property(xml, "target", report.target());
        property(xml, "visit", report.visitId());
        property(xml, "complete", Boolean.toString(report.complete()));
        property(xml, "summary", report.summary());
        xml.writeEndElement();
        for (ProbeResult probe : probes) {
            testCase(xml, probe);
        }
        xml.writeEndElement();
    }

    private static void counts(XMLStreamWriter xml, List<ProbeResult> probes) throws XMLStreamException {
        xml.writeAttribute("tests", Integer.toString(probes.size()));
        xml.writeAttribute("failures", count(probes, "failure"));
        xml.writeAttribute("errors", count(probes, "error"));
        xml.writeAttribute("skipped", count(probes, "skipped"));
    }

    private static String count(List<ProbeResult> probes, String element) {
        return Long.toString(
                probes.stream().filter(probe -> element(probe).equals(element)).count());
    }

    private static void property(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeEmptyElement("property");
        xml.writeAttribute("name", name);
        xml.writeAttribute("value", value);
    }

    private static void testCase(XMLStreamWriter xml, ProbeResult probe) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "bulwark.doctor." + probe.part());
        xml.writeAttribute("name", probe.id() + " " + probe.title());
        xml.writeAttribute("time", seconds(probe.tookMs()));
        String element = element(probe);
        if (!element.isEmpty()) {
            xml.writeStartElement(element);
            xml.writeAttribute("message", probe.waiver() == null ? probe.seen() : "waived: " + probe.waiver());
            if (!element.equals("skipped")) {
                xml.writeAttribute("type", probe.severity().word());
                xml.writeCharacters(probe.text());
            }
            xml.writeEndElement();
        }
        xml.writeStartElement("system-out");
        xml.writeCharacters(probe.mark() + "\n" + probe.text());
        xml.writeEndElement();
        xml.writeEndElement();
    }

    /** Empty where a case passes. */
    private static String element(ProbeResult probe) {
        if (probe.waiver() != null) {
            return "skipped";
        }
        return switch (probe.status()) {
            case FAIL -> "failure";
            case ERROR -> "error";
            case SKIP -> "skipped";
            case PASS, WARN -> "";
        };
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
    }
}
