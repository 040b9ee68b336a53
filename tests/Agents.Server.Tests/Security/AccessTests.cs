using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Agents.Server.Security;
using Agents.Server.Tests.OpenAi;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Server.Tests.Security;

public sealed class AccessTests
{
    private const string Key = "sk-planted-canary-0123456789";
    private const string Other = "sk-another-key-9876543210";
    private const string Question = """{"model":"scripted-1","messages":[{"role":"user","content":"a"}]}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Key, HttpStatusCode.OK)]
    [InlineData(Other, HttpStatusCode.OK)]
    [InlineData("sk-planted-canary-012345678", HttpStatusCode.Unauthorized)]
    [InlineData("sk-planted-canary-01234567890", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Request_WithKeys_NeedsOneOfThem(string? key, HttpStatusCode expected)
    {
        await using RunningServer server = await StartAsync(new AgentsServerOptions { ApiKeys = [Key, Other] });
        server.Http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);

        using HttpResponseMessage chat = await server.PostAsync(Question);
        using HttpResponseMessage models = await server.Http.GetAsync("/v1/models", Stop);
        using HttpResponseMessage live = await server.Http.GetAsync("/livez", Stop);

        Assert.Equal(expected, chat.StatusCode);
        Assert.Equal(expected, models.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Unauthorized, chat.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task Keys_AppearNeitherInTheLogNorInErrors()
    {
        FaultyChatClient model = new(Model()) { FailFirst = 1 };
        await using RunningServer server = await RunningServer.StartAsync(model, new AgentsServerOptions { ApiKeys = [Key] });
        StringBuilder answers = new();
        foreach (string key in (string[])[Key, Key + "x", Key])
        {
            server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using HttpResponseMessage response = await server.PostAsync(Question);
            answers.Append(await response.Content.ReadAsStringAsync(Stop));
        }

        Assert.NotEmpty(server.Log);
        Assert.DoesNotContain("canary", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answers.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    public async Task Start_PublicAddressWithoutKeys_IsRefused(string url)
    {
        ServerException error = await Assert.ThrowsAsync<ServerException>(() => StartAsync(new AgentsServerOptions(), url));

        Assert.Contains("no API keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PublicAddressWithKeys_IsAllowed()
    {
        await using RunningServer server = await StartAsync(new AgentsServerOptions { ApiKeys = [Key] }, "http://0.0.0.0:0");
        using HttpClient http = new();

        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/livez"), Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:8080", HttpStatusCode.OK)]
    [InlineData("[::1]:9", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("192.168.0.7", HttpStatusCode.Forbidden)]
    public async Task Request_WithoutKeysUnderAForeignName_IsRefused(string host, HttpStatusCode expected)
    {
        await using RunningServer server = await StartAsync(new AgentsServerOptions());
        server.Http.DefaultRequestHeaders.Host = host;

        using HttpResponseMessage response = await server.Http.GetAsync("/v1/models", Stop);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://127.3.2.1:80", true)]
    [InlineData("http://localhost:80", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://unix:/run/agents.sock", true)]
    [InlineData("http://0.0.0.0:80", false)]
    [InlineData("http://[::]:80", false)]
    [InlineData("http://+:80", false)]
    [InlineData("https://example.org", false)]
    public void IsLoopbackAddress_KnowsThisMachine(string address, bool expected) => Assert.Equal(expected, LoopbackRule.IsLoopbackAddress(address));

    [Theory]
    [InlineData("Bearer " + Key, true)]
    [InlineData("bearer " + Key, true)]
    [InlineData("Bearer  " + Key + " ", true)]
    [InlineData(Key, false)]
    [InlineData("Basic " + Key, false)]
    [InlineData("Bearer ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Accepts_Headers(string? header, bool expected) => Assert.Equal(expected, new ApiKeyTable([Key]).Accepts(header));

    [Fact]
    public void Accepts_HugeHeader_IsRefused() => Assert.False(new ApiKeyTable([Key]).Accepts("Bearer " + new string('a', 1 << 20)));

    [Fact]
    public async Task Request_BeyondTheConcurrencyLimit_Is429AndTheOthersGoOn()
    {
        EndlessClient model = new();
        await using RunningServer server = await RunningServer.StartAsync(model, new AgentsServerOptions { MaximumConcurrentRequests = 1 });
        const string question = """{"model":"default","messages":[{"role":"user","content":"a"}]}""";
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using StringContent content = new(question, Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> first = server.Http.PostAsync("/v1/chat/completions", content, leave.Token);
        await model.Started.WaitAsync(Stop);

        using HttpResponseMessage second = await server.PostAsync(question);
        using HttpResponseMessage models = await server.Http.GetAsync("/v1/models", Stop);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("1", Assert.Single(second.Headers.GetValues("Retry-After")));
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", new ScriptedAnswer("ok"));

    private static Task<RunningServer> StartAsync(AgentsServerOptions options, string url = "http://127.0.0.1:0") => RunningServer.StartAsync(Model(), options, url: url);
}
