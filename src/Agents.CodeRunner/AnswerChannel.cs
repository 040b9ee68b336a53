using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Agents.CodeRunner;

/// <summary>Writes answers, one JSON object per line. The program's own output goes elsewhere.</summary>
/// <param name="output">Where answers go.</param>
internal sealed class AnswerChannel(Stream output)
{
    private readonly Lock _writing = new();

    /// <summary>Takes standard input and output for the runner; what the program reads and writes from now on leads nowhere.</summary>
    /// <param name="input">The request.</param>
    public static AnswerChannel TakeOver(out Stream input)
    {
        (int read, int write) = NativeProcess.TakeChannels();
        Console.SetIn(TextReader.Null);
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        input = new FileStream(new SafeFileHandle(read, ownsHandle: true), FileAccess.Read, 1);
        return new AnswerChannel(new FileStream(new SafeFileHandle(write, ownsHandle: true), FileAccess.Write, 1));
    }

    /// <summary>Says that the program cannot be run.</summary>
    /// <param name="reason">Why.</param>
    public void Failed(string reason) => Write(json => json.WriteString("failed", reason));

    /// <summary>Says that a test, or the traced call, begins.</summary>
    /// <param name="index">Index of the test.</param>
    public void Start(int index) => Write(json => json.WriteNumber("start", index));

    /// <summary>Writes one answer.</summary>
    /// <param name="properties">Writes its properties.</param>
    public void Write(Action<Utf8JsonWriter> properties)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (_writing)
        {
            output.Write(line.GetBuffer(), 0, (int)line.Length);
            output.Flush();
        }
    }
}
