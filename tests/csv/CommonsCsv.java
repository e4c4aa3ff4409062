import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * The reference of the CSV dialect: Apache commons-csv, doing what csv_hex does with our code. Arguments: one or more
 * times MODE IN OUT. A field is a line of hexadecimal digits, "-" is null, "." ends a record.
 *
 *   write   IN: fields. OUT: a line for each record, the hexadecimal digits of its bytes
 *   read    IN: a CSV file. OUT: fields
 *   cases   IN: a line for each CSV text, in hexadecimal digits. OUT: for each its fields, then "=" or "!" (an error)
 */
public final class CommonsCsv {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    public static void main(String[] args) throws IOException {
        for (int i = 0; i + 2 < args.length; i += 3) {
            Path in = Path.of(args[i + 1]);
            try (Writer out = Files.newBufferedWriter(Path.of(args[i + 2]))) {
                switch (args[i]) {
                case "write":
                    write(in, out);
                    break;
                case "read":
                    try (Reader text = Files.newBufferedReader(in)) {
                        out.write(read(text, out) ? "=\n" : "!\n");
                    }
                    break;
                case "cases":
                    cases(in, out);
                    break;
                default:
                    throw new IllegalArgumentException(args[i]);
                }
            }
        }
    }

    private static void write(Path in, Writer out) throws IOException {
        StringBuilder text = new StringBuilder();
        CSVPrinter printer = new CSVPrinter(text, CSVFormat.DEFAULT);
        List<String> record = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(in)) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (!line.equals(".")) {
                    record.add(line.equals("-") ? null : unhex(line));
                    continue;
                }
                printer.printRecord(record);
                writeHex(text.toString(), out);
                text.setLength(0);
                record.clear();
            }
        }
    }

    private static void cases(Path in, Writer out) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(in)) {
            for (String line; (line = lines.readLine()) != null; ) {
                out.write(read(new StringReader(unhex(line)), out) ? "=\n" : "!\n");
            }
        }
    }

    /** False on an error; the records before it are written. */
    private static boolean read(Reader text, Writer out) throws IOException {
        Iterator<CSVRecord> records = CSVFormat.DEFAULT.parse(text).iterator();
        for (;;) {
            CSVRecord record;
            try {
                if (!records.hasNext()) return true;
                record = records.next();
            } catch (IllegalStateException | UncheckedIOException e) {
                // How 1.9.0 and later versions wrap the IOException of a text that does not parse.
                return false;
            }
            for (String field : record) writeHex(field, out);
            out.write(".\n");
        }
    }

    private static void writeHex(String text, Writer out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] hex = new char[2 * bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) {
            hex[2 * i] = DIGITS[bytes[i] >> 4 & 15];
            hex[2 * i + 1] = DIGITS[bytes[i] & 15];
        }
        hex[2 * bytes.length] = '\n';
        out.write(hex);
    }

    private static String unhex(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (Character.digit(hex.charAt(2 * i), 16) << 4 | Character.digit(hex.charAt(2 * i + 1), 16));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
