using Agents.Testing.Conformance;

namespace Agents.Testing.Tests.Conformance;

public sealed class PluginFolderConformanceTests
{
    [Fact]
    public async Task VerifyAsync_FolderWithoutManifest_SaysThatThePluginIsNotActiveAndWhy()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("no-plugin");
        try
        {
            ConformanceException error = await Assert.ThrowsAsync<ConformanceException>(() => PluginFolderConformance.VerifyAsync(
                new PluginFolderSubject(folder.FullName, "nobody", () => new ScriptedChatClient(), ("nobody", "{}")), TestContext.Current.CancellationToken));

            Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
            Assert.Contains("is active after loading", error.Message, StringComparison.Ordinal);
            Assert.Contains("plugin.json", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
