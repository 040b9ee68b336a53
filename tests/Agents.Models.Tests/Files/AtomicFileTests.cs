using Agents.Models.Files;

namespace Agents.Models.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Target => Path.Combine(_folder, "state.bin");

    [Fact]
    public void Commit_NewContent_AppearsUnderTheNameOnlyThen()
    {
        using AtomicFile file = new(Target);
        file.Stream.Write([1, 2, 3]);
        Assert.False(File.Exists(Target));

        file.Commit();

        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Dispose_WithoutCommit_KeepsTheOldContent()
    {
        File.WriteAllBytes(Target, [9]);
        using (AtomicFile file = new(Target))
        {
            file.Stream.Write([1, 2, 3]);
        }

        Assert.Equal([9], File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Commit_TargetIsAFolder_FailsAndLeavesNoPartialFile()
    {
        Directory.CreateDirectory(Target);
        using (AtomicFile file = new(Target))
        {
            Assert.ThrowsAny<Exception>(file.Commit);
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Commit_Twice_IsRefused()
    {
        using AtomicFile file = new(Target);
        file.Commit();

        Assert.Throws<InvalidOperationException>(file.Commit);
    }

    [Fact]
    public void Create_MissingFolder_IsAnIOError() =>
        Assert.ThrowsAny<IOException>(() => new AtomicFile(Path.Combine(_folder, "absent", "x")));
}
