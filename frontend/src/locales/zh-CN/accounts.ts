export default {
  signIn: '登录', username: '用户名', password: '密码', otp: '动态码', otpHint: '打开验证器，输入六位数字', enter: '登录', activate: '有激活单？设置密码', verify: '查验证书',
  promise: '养老护理员的培训、学时与证书，从签到到核验，每个数字都能追到依据。', promises: { 1: '扫码签到，学时自动入账', 2: '证书带签名，断网也能核验', 3: '持证率、课时缺口，一步到人' },
  mine: '我的账号', who: '账号', displayName: '姓名', roles: '角色', role: '角色', changePassword: '修改密码', current: '当前密码', next: '新密码', passwordHint: '8 至 128 个字符；保存后其他设备上的登录会退出', passwordChanged: '密码已修改，其他登录已退出',
  factor: '两步验证', factorOn: '已开启', factorOff: '未开启', factorWhy: '登录时除密码外再输入手机验证器上的动态码，账号更安全。', factorBegin: '开启', factorScan: '用验证器扫码，再输入显示的动态码', factorBegun: '两步验证已开启', factorEnd: '关闭两步验证', factorEnded: '两步验证已关闭',
  tokens: '接口令牌', tokensWhy: '供其他系统以您的身份读写数据，权限与您相同。令牌只显示一次。', tokenName: '用途，如“月报导出”', tokenExpiry: '到期日', tokenAdd: '生成', tokenEnd: '停用', tokenUntil: '到期 {on}', tokenTold: '请立即抄存，离开本页后不再显示：',
  users: '账号', usersHint: '谁能登录、以什么角色、管哪个机构。停用后立即退出所有设备。', newUser: '新建账号', noUsers: '本范围内还没有账号', search: '登录名开头', noUsersHint: '护理员账号请在“人员登记”中打印激活单；办公人员在这里新建。', state: '状态', since: '建立', active: '可用', disabled: '已停用', waiting: '待激活', lostDevice: '关闭其两步验证（设备丢失时）', disable: '停用这个账号', usernameHint: "字母、数字和 . _ {'@'} -", resetPassword: '重设密码（不改请留空）', addRole: '再加一个角色', person: '对应人员',
}
