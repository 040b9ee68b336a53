using Agents.Runtime.Connectors;
using Microsoft.Extensions.Configuration;

namespace Agents.Runtime.Tests.Connectors;

public sealed class ModelReferenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("models");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Parse_Tiny_IsTheEmbeddedModel()
    {
        ModelReference sut = ModelReference.Parse("tiny");

        Assert.Equal((ModelReferenceKind.Embedded, "tiny", "tiny"), (sut.Kind, sut.Name, sut.ToString()));
    }

    [Theory]
    [InlineData("openai:gpt@http://127.0.0.1:8080/v1", "gpt", "http://127.0.0.1:8080/v1")]
    [InlineData("openai:org/model@v2@https://host/v1", "org/model@v2", "https://host/v1")]
    [InlineData("OpenAI:x@HTTP://host/", "x", "http://host/")]
    public void Parse_Endpoint_SplitsNameAndUrl(string text, string name, string url)
    {
        ModelReference sut = ModelReference.Parse(text);

        Assert.Equal((ModelReferenceKind.Endpoint, name, new Uri(url)), (sut.Kind, sut.Name, sut.Endpoint));
        Assert.Equal(sut, ModelReference.Parse(sut.ToString()));
    }

    [Fact]
    public void Parse_FileAndFolder_AreToldApart()
    {
        string file = Path.Combine(_folder.FullName, "my model.GGUF");
        File.WriteAllText(file, "");

        ModelReference gguf = ModelReference.Parse(file);
        ModelReference folder = ModelReference.Parse(_folder.FullName + Path.DirectorySeparatorChar);

        Assert.Equal((ModelReferenceKind.GgufFile, "my model", file), (gguf.Kind, gguf.Name, gguf.Path));
        Assert.Equal((ModelReferenceKind.Folder, _folder.Name, _folder.FullName), (folder.Kind, folder.Name, folder.Path));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("tinny", "no file or folder")]
    [InlineData("http://host/v1", "write 'openai:NAME@http://host/v1'")]
    [InlineData("openai:gpt", "no endpoint")]
    [InlineData("openai:@http://host/v1", "no endpoint")]
    [InlineData("openai:x@ftp://host", "no endpoint")]
    [InlineData("openai:x@http://", "no endpoint")]
    public void Parse_OtherText_ListsTheAcceptedForms(string text, string expected)
    {
        string message = Assert.Throws<ArgumentException>(() => ModelReference.Parse(text)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("'openai:NAME@URL'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FileOfAnotherKind_SaysWhatIsExpected()
    {
        string file = Path.Combine(_folder.FullName, "model.safetensors");
        File.WriteAllText(file, "");

        Assert.Contains("no .gguf file", Assert.Throws<ArgumentException>(() => ModelReference.Parse(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_KeyInsideTheUrl_IsRefusedWithoutRepeatingIt()
    {
        string message = Assert.Throws<ArgumentException>(() => ModelReference.Parse("openai:x@https://user:planted@host/v1")).Message;

        Assert.Contains("AGENTS_API_KEY", message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "b", "c", "a")]
    [InlineData(null, "b", "c", "b")]
    [InlineData(" ", null, "c", "c")]
    [InlineData(null, null, null, null)]
    public void FindKey_Sources_AreAskedInOrder(string? agents, string? openai, string? configured, string? expected)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Agents:ApiKey", configured)]).Build();

        Assert.Equal(expected, ApiKeys.Find(configuration, name => name == "AGENTS_API_KEY" ? agents : name == "OPENAI_API_KEY" ? openai : null));
    }
}
