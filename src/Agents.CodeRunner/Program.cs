using System.Text.Json;
using Agents.CodeRunner.Compilation;
using Agents.CodeRunner.Execution;

namespace Agents.CodeRunner;

/// <summary>
/// Compiles one C# program from standard input and runs its tests or traces one call. Runs inside of the sandbox, together with the program: nothing here protects against it.
/// With the argument <c>warm</c> it compiles something small before it reads, so that the request finds the compiler ready.
/// </summary>
public static class Program
{
    private const int MaximumRequest = 4 << 20;

    /// <summary>Runs one request.</summary>
    /// <param name="arguments">Nothing, or <c>warm</c>.</param>
    public static void Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        AnswerChannel channel = AnswerChannel.TakeOver(out Stream input);
        if (arguments.Contains("warm"))
        {
            Warmup.Run();
        }

        try
        {
            byte[] buffer = new byte[MaximumRequest];
            int length = input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > 0)
            {
                using var request = JsonDocument.Parse(buffer.AsMemory(0, length));
                Answer(request.RootElement, channel);
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            channel.Failed($"the request is malformed: {error.Message}");
        }

        // Threads and handlers that the program left behind must not keep the process.
        NativeProcess.ExitNow();
    }

    private static void Answer(JsonElement request, AnswerChannel channel)
    {
        string program = request.GetProperty("program").GetString()!;
        if (request.TryGetProperty("trace", out JsonElement call))
        {
            TraceRun.Execute(program, call.GetString()!, TimeSpan.FromSeconds(request.GetProperty("seconds").GetDouble()), request.GetProperty("keep").GetInt32(), channel);
        }
        else
        {
            TestRun.Execute(program, [.. request.GetProperty("tests").EnumerateArray().Select(test => (test.GetProperty("call").GetString()!, test.GetProperty("expected").GetString()!))], channel);
        }
    }
}
