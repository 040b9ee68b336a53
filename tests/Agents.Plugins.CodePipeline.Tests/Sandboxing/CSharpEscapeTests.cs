using System.Net;
using System.Net.Sockets;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>C# programs that try to get out. Several attempts share a process, because each process starts a compiler.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class CSharpEscapeTests
{
    [Fact]
    public async Task RunAsync_ProgramThatTriesEverything_FindsNothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string program = $$"""
            using System.Net.Sockets;
            using System.Diagnostics;
            static bool Throws(Action act) { try { act(); return false; } catch (Exception e) when (e is not NullReferenceException) { return true; } }
            static bool Network() => Throws(() => { using var client = new TcpClient("127.0.0.1", {{((IPEndPoint)listener.LocalEndpoint).Port}}); });
            static bool Write() => Throws(() => File.WriteAllText("/tmp/x", "x")) && Throws(() => File.WriteAllText("/usr/lib/x", "x")) && !Throws(() => File.WriteAllText("/sandbox/x", "x"));
            static bool Start() => Throws(() => Process.Start("/bin/sh", "-c true")!.WaitForExit());
            static string Environment_() => string.Join(",", Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(k => k.Contains("SECRET") || k.Contains("KEY") || k.StartsWith("AGENTS")));
            static bool Files() => !Directory.Exists("/etc/ssh") && !Directory.Exists("/home") && !Directory.Exists("/var") && !File.Exists("/usr/bin/sh") && Directory.GetFileSystemEntries("/sandbox").Length <= 1;
            static bool Memory() => Throws(() => { var list = new List<byte[]>(); while (true) { list.Add(new byte[1 << 20]); } });
            static bool Output() { var text = new string('x', 1 << 20); for (int i = 0; i < 1024; i++) Console.Write(text); return true; }
            static bool Threads() { for (int i = 0; i < 3; i++) new Thread(() => { while (true) { } }).Start(); return true; }
            """;
        (string Call, string Expected)[] attempts =
        [
            ("Network()", "true"), ("Write()", "true"), ("Start()", "true"), ("Environment_()", "\"\""), ("Memory()", "true"), ("Output()", "true"), ("Files()", "true"), ("Threads()", "true"),
        ];
        ICodeRunner csharp = await SandboxFixture.CSharpAsync();

        RunReport report = await csharp.RunAsync(program, [.. attempts.Select(attempt => new CodeTest(attempt.Call, attempt.Expected))], SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Equal([.. attempts.Select(_ => "")], report.Results.Select(result => result.Failure));
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task RunAsync_NativeMemoryAndThreadBombs_EndInside()
    {
        const string Program = """
            static bool Native() { try { for (int i = 0; i < 64; i++) System.Runtime.InteropServices.Marshal.AllocHGlobal(1 << 30); return false; } catch (OutOfMemoryException) { return true; } }
            static bool Bomb() { int n = 0; try { while (n < 1000) { new Thread(() => Thread.Sleep(100000)) { IsBackground = true }.Start(); n++; } return false; } catch (Exception) { return n < 100; } }
            """;
        ICodeRunner csharp = await SandboxFixture.CSharpAsync();

        RunReport report = await csharp.RunAsync(Program, [new("Native()", "true"), new("Bomb()", "true")], SandboxFixture.Limits, TestContext.Current.CancellationToken);

        // A runtime that gets no thread may also give up as a whole.
        Assert.Equal("", report.Results[0].Failure);
        Assert.Contains(report.Results[1].Failure, new[] { "", "Bomb() should give true, but: the process ended (out of memory, endless recursion, or it ended itself)" });
    }

    [Fact]
    public async Task RunAsync_EndlessStaticConstructor_IsKilledAndTheRestStillRuns()
    {
        const string Program = "class A { static A() { while (true) { } } public static int F() => 1; }\nclass B { public static int G() => 2; }";
        ICodeRunner csharp = await SandboxFixture.CSharpAsync();

        RunReport report = await csharp.RunAsync(Program, [new("A.F()", "1"), new("B.G()", "2")], new RunLimits(TimeSpan.FromSeconds(3)), TestContext.Current.CancellationToken);

        Assert.Equal("did not end within 3 s", report.Results[0].Error);
        Assert.Equal(new CodeTest("A.F()", "1"), report.FirstFailure!.Test);
    }
}
