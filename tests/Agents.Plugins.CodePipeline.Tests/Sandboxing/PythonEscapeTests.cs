using System.Net;
using System.Net.Sockets;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>Programs that try to get out. After each of them the host is as before and no process is left.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class PythonEscapeTests
{
    private const string Secret = "AGENTS_TEST_SECRET";
    private static readonly RunLimits Short = new(TimeSpan.FromSeconds(3));

    [Theory]
    [InlineData("a fork bomb", "import os\ndef f():\n    n = 0\n    try:\n        while n < 100:\n            if os.fork() == 0:\n                while True: pass\n            n += 1\n    except OSError:\n        return n <= 2\n    return False")]
    [InlineData("a memory bomb", "def f():\n    try:\n        b = bytearray(4 << 30)\n    except MemoryError:\n        return True\n    return False")]
    [InlineData("a file bomb", "import os\ndef f():\n    try:\n        with open('/sandbox/x', 'wb') as x:\n            for i in range(100):\n                x.write(b'0' * (1 << 20))\n    except OSError:\n        return True\n    return False")]
    [InlineData("a gigabyte of output", "import sys, os\ndef f():\n    for i in range(64):\n        sys.stdout.write('x' * (1 << 24))\n        os.write(1, b'x' * (1 << 20))\n        os.write(2, b'x' * (1 << 20))\n    return True")]
    [InlineData("a long value", "def f():\n    return True if len('x' * (1 << 26)) else ''")]
    [InlineData("other processes", "import os\ndef f():\n    return len([p for p in os.listdir('/proc') if p.isdigit()]) <= 2")]
    [InlineData("killing everything", "import os, signal\ndef f():\n    for p in (1, os.getppid(), -1):\n        try:\n            os.kill(p, 0)\n            if p == -1: os.kill(-1, signal.SIGTERM)\n        except OSError:\n            pass\n    return True")]
    [InlineData("privileges", "def f():\n    s = dict(l.split(':', 1) for l in open('/proc/self/status').read().splitlines())\n    return int(s['CapEff'], 16) == 0 and int(s['CapBnd'], 16) == 0 and s['NoNewPrivs'].strip() == '1'")]
    [InlineData("a namespace of its own", "import ctypes, os\ndef f():\n    return ctypes.CDLL(None).unshare(0x10000000) == -1 and ctypes.CDLL(None).mount(b'none', b'/sandbox', b'tmpfs', 0, None) == -1")]
    [InlineData("programs", "import os\ndef f():\n    return not any(os.path.exists(p) for p in ('/bin/sh', '/usr/bin/sh', '/bin/bash', '/usr/bin/mount', '/usr/bin/curl', '/usr/bin/ssh'))")]
    [InlineData("the host's files", "import os\ndef f():\n    return sorted(os.listdir('/sandbox')) == [] and not any(os.path.exists(p) for p in ('/etc/passwd', '/home', '/var', '/sys', '/tmp', '/run', '/boot', '/old/etc'))")]
    [InlineData("devices", "import os\ndef f():\n    return sorted(os.listdir('/dev')) == ['null', 'random', 'urandom', 'zero']")]
    public async Task RunAsync_ProgramThatTries_FindsNothing(string what, string program)
    {
        HashSet<int> before = HostWatch.Descendants();

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "True");

        Assert.True(result.Passed, $"{what}: {result.Failure}");
        await HostWatch.NothingIsLeftAsync(before);
    }

    [Fact]
    public async Task RunAsync_NetworkConnection_Fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string program = $"import socket\ndef f():\n    for host in ('127.0.0.1', '10.0.0.1', '8.8.8.8'):\n        try:\n            socket.create_connection((host, {port}), 1)\n            return False\n        except OSError:\n            pass\n    return True";

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "True");

        Assert.True(result.Passed, result.Failure);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task RunAsync_SecretsOfTheHost_AreNotThere()
    {
        Environment.SetEnvironmentVariable(Secret, "s3cret");
        try
        {
            const string Program = """
                import os, glob
                def f():
                    found = [k for k in os.environ if 'SECRET' in k or 'KEY' in k or k.startswith('AGENTS')]
                    for path in glob.glob('/proc/*/environ'):
                        try:
                            found += [path] if b's3cret' in open(path, 'rb').read() else []
                        except OSError:
                            pass
                    return found
                """;

            CodeTestResult result = await SandboxFixture.PythonTestAsync(Program, "f()", "[]");

            Assert.True(result.Passed, result.Failure);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Secret, null);
        }
    }

    [Fact]
    public async Task RunAsync_WritingAnywhere_ReachesOnlyItsOwnFolder()
    {
        string target = Path.Combine(Path.GetTempPath(), $"agents-sandbox-{Environment.ProcessId}");
        string program = $"""
            import os
            def f():
                written = []
                for path in ('{target}', '/x', '/usr/lib/x', '/proc/sys/kernel/hostname', '/dev/x', os.path.dirname(os.__file__) + '/x', '/sandbox/x'):
                    try:
                        os.makedirs(os.path.dirname(path), exist_ok=True)
                        with open(path, 'w') as file:
                            file.write('x')
                        written.append(path)
                    except OSError:
                        pass
                return written
            """;

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "['/sandbox/x']");

        Assert.True(result.Passed, result.Failure);
        Assert.False(File.Exists(target));
        Assert.False(Directory.Exists("/sandbox"));
    }

    [Theory]
    [InlineData("def f():\n    while True: pass")]
    [InlineData("import time\ndef f():\n    time.sleep(1000)")]
    [InlineData("import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass\ndef f(): pass")]
    [InlineData("def f():\n    return (10 ** 8) ** (10 ** 8)")]
    [InlineData("class C:\n    def __repr__(self):\n        while True: pass\ndef f():\n    return C()")]
    public async Task RunAsync_ProgramWithoutEnd_IsKilled(string program)
    {
        HashSet<int> before = HostWatch.Descendants();

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "1", Short);

        Assert.Equal("did not end within 3 s", result.Error);
        await HostWatch.NothingIsLeftAsync(before);
    }

    [Theory]
    [InlineData("import threading, time\ndef f():\n    threading.Thread(target=lambda: time.sleep(1000)).start()\n    return 1")]
    [InlineData("import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(1000)\n    return 1")]
    public async Task RunAsync_ThreadsAndProcessesLeftBehind_Vanish(string program)
    {
        HashSet<int> before = HostWatch.Descendants();

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "1");

        Assert.True(result.Passed, result.Failure);
        await HostWatch.NothingIsLeftAsync(before);
    }

    [Theory]
    [InlineData("os.write(d, b'x' * (8 << 20))", "the program wrote more than its runner may")]
    [InlineData("os.write(d, b'{\"test\": 7, \"passed\": true}\\n')", "the program interfered with its runner")]
    [InlineData("os.write(d, b'nonsense\\n')", "the program interfered with its runner")]
    [InlineData("os.write(d, b'[]\\n')", "the program interfered with its runner")]
    [InlineData("os.close(d)", "the process ended (out of memory, endless recursion, or it ended itself)")]
    public async Task RunAsync_ProgramThatSpeaksForItsRunner_IsNotBelieved(string act, string error)
    {
        string program = $"import os\nfor d in range(3, 10):\n    try:\n        {act}\n    except OSError:\n        pass\ndef f(): return 1";

        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f()", "2");

        Assert.False(result.Passed);
        Assert.Equal(error, result.Error);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsTheProcess()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();
        HashSet<int> before = HostWatch.Descendants();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<RunReport> run = python.RunAsync("while True: pass", [new CodeTest("f()", "1")], SandboxFixture.Limits, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await HostWatch.NothingIsLeftAsync(before);
    }
}
