using System.Text;
using Agents.Runtime.Plugins;

namespace Agents.Runtime.Tests.Plugins;

public sealed class PluginManifestReaderTests
{
    private const string Valid = """
        { "schema": 1, "id": "acme.debate", "version": "1.4.0", "contract": "[1.0,2.0)",
          "entry": { "assembly": "A.dll", "type": "A.Plugin" },
          "features": [ { "kind": "reasoning-strategy", "id": "debate", "summary": "Two sides, one judge." } ],
          "capabilities": { "model": ["chat"] },
          "files": { "A.dll": "sha256-0000000000000000000000000000000000000000000000000000000000000000" } }
        """;

    [Fact]
    public void Parse_ValidManifest_ReadsAllFields()
    {
        PluginManifest manifest = Parse(Valid);

        Assert.Equal("acme.debate", manifest.Id);
        Assert.Equal("1.4.0", manifest.Version);
        Assert.Equal("[1.0,2.0)", manifest.Contract.ToString());
        Assert.Equal("A.dll", manifest.EntryAssembly);
        Assert.Equal("debate", Assert.Single(manifest.Features).Id);
        Assert.Equal("model", Assert.Single(manifest.Capabilities));
        Assert.Equal(64, manifest.Hash.Length);
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 2", "schema 2; this host reads schema 1")]
    [InlineData("acme.debate", "Acme Debate", "an id is lower-case words or numbers")]
    [InlineData("[1.0,2.0)", "1.x", "write a range such as")]
    [InlineData("\"A.dll\": ", "\"../A.dll\": ", "no path inside the plugin's folder")]
    [InlineData("\"A.dll\": ", "\"/A.dll\": ", "no path inside the plugin's folder")]
    [InlineData("\"A.dll\": ", "\"x\\\\A.dll\": ", "no path inside the plugin's folder")]
    [InlineData("sha256-0", "sha1-0", "64 lower-case hexadecimal digits")]
    [InlineData("\"version\"", "\"versoin\"", "unknown name 'versoin'")]
    [InlineData("\"version\": \"1.4.0\"", "\"version\": \"1.4.0\", \"version\": \"2\"", "'version' twice")]
    [InlineData("\"assembly\": \"A.dll\"", "\"assembly\": \"B.dll\"", "'B.dll', which is not among its \"files\"")]
    [InlineData("{ \"schema\"", "// hidden\n{ \"schema\"", "no valid JSON manifest")]
    [InlineData("\"schema\": 1,", "\"schema\": 1, \"isolation\": \"process\",", "isolation 'process'")]
    public void Parse_RuleBroken_NamesTheRule(string find, string replace, string expected)
    {
        PluginException error = Assert.Throws<PluginException>(() => Parse(Valid.Replace(find, replace, StringComparison.Ordinal)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        string deep = Valid.Replace("[\"chat\"]", new string('[', 40) + new string(']', 40), StringComparison.Ordinal);

        Assert.Throws<PluginException>(() => Parse(deep));
    }

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Valid);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<PluginException>(() => PluginManifestReader.Parse("plugin.json", bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData("[1.0,2.0)", "1.0", true)]
    [InlineData("[1.0,2.0)", "1.9", true)]
    [InlineData("[1.0,2.0)", "2.0", false)]
    [InlineData("(1.0,2.0]", "1.0", false)]
    [InlineData("(1.0,2.0]", "2.0", true)]
    public void Contains_Version_FollowsTheInterval(string range, string version, bool expected)
    {
        Assert.True(ContractRange.TryParse(range, out ContractRange parsed));

        Assert.Equal(expected, parsed.Contains(Version.Parse(version)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[2.0,1.0]")]
    [InlineData("[1.0]")]
    [InlineData("1.0,2.0")]
    public void TryParse_Nonsense_IsRefused(string text) => Assert.False(ContractRange.TryParse(text, out _));

    private static PluginManifest Parse(string json) => PluginManifestReader.Parse("plugin.json", Encoding.UTF8.GetBytes(json));
}
