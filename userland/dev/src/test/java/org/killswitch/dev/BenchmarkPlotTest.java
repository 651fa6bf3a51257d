// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.Host;
import org.killswitch.control.Killswitch;
import org.killswitch.host.SystemFiles;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import tools.jackson.core.JacksonException;

class BenchmarkPlotTest {

    private static final BenchmarkResult RESULT = new BenchmarkResult(
            "6.12.95",
            List.of(
                    row("6.12.95", "plain call", 13.04),
                    row("6.12.95", "a <b> & \"c\"", 26.1),
                    new BenchmarkResult.Row(
                            "6.12.95", "not here", OptionalDouble.empty(), Optional.of("no such thing")),
                    row("6.12.90", "plain call", 12)),
            List.of(new BenchmarkResult.Scale("direct", 1000, 16)),
            List.of(new BenchmarkResult.Bulk("engage", 10, 12.34, 1000)),
            List.of(new BenchmarkResult.Memory("direct", 3000)),
            List.of(new BenchmarkResult.Cpus(2, 16.26, 4000, 4000)));

    @TempDir
    Path dir;

    private static BenchmarkResult.Row row(String kernel, String name, double instructions) {
        return new BenchmarkResult.Row(kernel, name, OptionalDouble.of(instructions), Optional.empty());
    }

    private static Document parse(String svg) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document svg, String name, String style) {
        NodeList nodes = svg.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .filter(e -> e.getAttribute("class").equals(style))
                .toList();
    }

    @Test
    void drawsABarForWhatWasMeasuredAndNothingElse() throws Exception {
        Document svg = parse(BenchmarkPlot.svg(BenchmarkText.json(RESULT)));
        assertThat(elements(svg, "text", "name"))
                .extracting(Element::getTextContent)
                .containsExactly("plain call", "a <b> & \"c\"", "plain call");
        assertThat(elements(svg, "text", "value"))
                .extracting(Element::getTextContent)
                .containsExactly("13.0", "26.1", "12.0");
        assertThat(elements(svg, "text", "kernel"))
                .extracting(Element::getTextContent)
                .containsExactly("Linux 6.12.95", "Linux 6.12.90");
        List<Double> lengths = elements(svg, "rect", "bar").stream()
                .map(e -> Double.valueOf(e.getAttribute("width")))
                .toList();
        assertThat(lengths).hasSize(3);
        assertThat(lengths.get(0) / lengths.get(1)).isBetween(0.49, 0.51);
    }

    @Test
    void drawsNothingOfNothing() throws Exception {
        Document svg = parse(BenchmarkPlot.svg("{\"rows\": []}"));
        assertThat(elements(svg, "rect", "bar")).isEmpty();
    }

    @Test
    void refusesWhatTheBenchmarkDidNotWrite() {
        for (String text : List.of("", "{", "{}", "[]", "{\"rows\": [{}]}")) {
            assertThatThrownBy(() -> BenchmarkPlot.svg(text)).isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void theCommandPrintsTheImageAndOneLineOfError() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Host host = new Host(
                Killswitch.ofThisHost(),
                new SystemFiles(dir),
                new PrintWriter(out),
                new PrintWriter(err),
                () -> false,
                ZoneOffset.UTC,
                seconds -> false);
        Path json = Files.writeString(dir.resolve("bench.json"), BenchmarkText.json(RESULT));
        assertThat(Dev.run(host, "plot", json.toString())).isZero();
        parse(out.toString());

        Files.writeString(json, "{}");
        assertThat(Dev.run(host, "plot", json.toString())).isEqualTo(1);
        assertThat(Dev.run(host, "plot", dir.resolve("none").toString())).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(2);
    }

    @Test
    void jsonSaysWhyARowIsMissing() {
        assertThat(BenchmarkText.json(RESULT).replaceAll("\\s+", " "))
                .contains("\"kernel\" : \"6.12.95\", \"rows\"")
                .contains("\"name\" : \"plain call\", \"instructions\" : 13.0, \"reason\" : null")
                .contains("\"name\" : \"not here\", \"instructions\" : null, \"reason\" : \"no such thing\"");
    }

    @Test
    void theTableNamesWhatIsMissingAndWhy() {
        assertThat(BenchmarkText.lines(RESULT))
                .contains("6.12.95  not here                -")
                .contains("6.12.95: not here: not measured: no such thing")
                .contains("direct      1000          16.0");
    }
}
